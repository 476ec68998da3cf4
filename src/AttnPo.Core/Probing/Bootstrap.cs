using AttnPo.Core.Data;

namespace AttnPo.Core.Probing;

/// <summary>A step ranking accuracy and how sure it is.</summary>
/// <param name="Accuracy">Share of the pairs in the right order; ties count one half.</param>
/// <param name="Pairs">Pairs of an essential and a redundant step of the same response behind it.</param>
/// <param name="Low">Lower end of the 95 % bootstrap interval.</param>
/// <param name="High">Upper end.</param>
public readonly record struct RankingAccuracy(double Accuracy, long Pairs, double Low, double High);

/// <summary>
/// Percentile bootstrap over prompts: the steps of one response depend on each other, and so do the responses to one prompt, so prompts
/// are drawn again with all their responses, with replacement, and a draw is a sum of counted pairs. All rows are measured on the same draws.
/// </summary>
internal static class Bootstrap
{
    /// <summary>Draws behind an interval.</summary>
    public const int Draws = 1000;

    private const double Outside = 0.05;

    /// <summary>The accuracies of rows with their intervals, a function of rows and seed.</summary>
    /// <param name="table">Whose responses.</param>
    /// <param name="halves">For each row the half pairs of each response, <see cref="ScoreTable.HalvesOf"/>.</param>
    /// <param name="seed">Of the draws.</param>
    public static IReadOnlyList<RankingAccuracy> Of(ScoreTable table, IReadOnlyList<double[]> halves, ulong seed)
    {
        double[] pairs = [.. Enumerable.Range(0, table.Responses).Select(response => (double)table.PairsOf(response))];
        var drawn = new double[halves.Count][];
        for (var row = 0; row < drawn.Length; row++) drawn[row] = new double[Draws];
        var drawnPrompts = new double[table.Prompts.Max() + 1];
        var times = new double[table.Responses];
        for (var draw = 0; draw < Draws; draw++)
        {
            Array.Clear(drawnPrompts);
            var random = new RandomSequence(seed, (ulong)draw);
            for (var i = 0; i < drawnPrompts.Length; i++) drawnPrompts[random.Next(drawnPrompts.Length)]++;
            for (var i = 0; i < times.Length; i++) times[i] = drawnPrompts[table.Prompts[i]];
            var all = 2 * Sum(times, pairs);
            for (var row = 0; row < drawn.Length; row++) drawn[row][draw] = Sum(times, halves[row]) / all;
        }
        return [.. drawn.Select((values, row) =>
        {
            Array.Sort(values);
            return new RankingAccuracy(
                halves[row].Sum() / (2.0 * table.Pairs), table.Pairs, Quantiles.Of(values, Outside / 2), Quantiles.Of(values, 1 - Outside / 2));
        })];
    }

    /// <summary>Of counts: exact, whatever the order.</summary>
    private static double Sum(double[] times, double[] counts)
    {
        var sum = 0.0;
        for (var i = 0; i < times.Length; i++) sum += times[i] * counts[i];
        return sum;
    }
}
