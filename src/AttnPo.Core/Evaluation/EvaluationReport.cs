namespace AttnPo.Core.Evaluation;

/// <summary>The figures of one data set, or of several together.</summary>
/// <param name="Name">The data set's.</param>
/// <param name="Summary">Its responses summed up.</param>
/// <param name="PassAt">pass@k for k = 1, the powers of two below the samples of each question, and these samples.</param>
/// <param name="Within">Accuracy where longer responses are cut at so many tokens (<see cref="TokenBudget"/>).</param>
/// <param name="Efficiency">The score against a baseline; null without one, or where nothing of the baseline is correct.</param>
public sealed record EvaluationFigures(
    string Name, EvaluationSummary Summary, IReadOnlyList<(int K, double Value)> PassAt, IReadOnlyList<(int Budget, double Accuracy)> Within,
    double? Efficiency);

/// <summary>Accuracy and mean length that an evaluation is compared with.</summary>
/// <param name="Accuracy">avg@k.</param>
/// <param name="Tokens">Mean length of the responses, above 0.</param>
public readonly record struct BaselineFigures(double Accuracy, double Tokens);

/// <summary>An evaluation by data set and in total.</summary>
/// <param name="Sets">Of each data set, in the order given.</param>
/// <param name="Total">
/// Averages in which every data set weighs the same, however many questions it has, as publications average over benchmarks; its counts
/// are sums, its samples the most that a question has. Of one data set it is that one.
/// </param>
public sealed record EvaluationReport(IReadOnlyList<EvaluationFigures> Sets, EvaluationFigures Total)
{
    /// <summary>The name of <see cref="Total"/>.</summary>
    public const string TotalName = "total";

    /// <summary>Sums up.</summary>
    /// <param name="sets">Data sets with their responses; at least one.</param>
    /// <param name="budgets">Limits in tokens for <see cref="EvaluationFigures.Within"/>.</param>
    /// <param name="baselines">What each data set is compared with; null: nothing.</param>
    /// <exception cref="ArgumentException">All responses to a data set failed: there is nothing to sum up.</exception>
    public static EvaluationReport Of(
        IReadOnlyList<(string Name, IReadOnlyList<EvaluationRow> Rows)> sets, IReadOnlyList<int> budgets,
        IReadOnlyList<BaselineFigures>? baselines = null)
    {
        EvaluationFigures[] figures = [.. sets.Select((set, index) => OfSet(set.Name, set.Rows, budgets, baselines?[index]))];
        return new(figures, figures is [var one] ? one with { Name = TotalName } : Together(figures, baselines));
    }

    private static EvaluationFigures OfSet(
        string name, IReadOnlyList<EvaluationRow> rows, IReadOnlyList<int> budgets, BaselineFigures? baseline)
    {
        EvaluationSummary summary;
        try
        {
            summary = EvaluationSummary.Of(rows);
        }
        catch (ArgumentException e)
        {
            throw new ArgumentException($"{name}: {e.Message}", nameof(rows), e);
        }

        return new(
            name, summary, [.. Ks(summary.Samples).Select(k => (k, EvaluationSummary.Of(rows, k).PassAtK))],
            [.. budgets.Select(budget => (budget, EvaluationSummary.Of(TokenBudget.Cut(rows, budget)).Accuracy))],
            baseline is { } b ? Efficiency(summary, b) : null);
    }

    private static EvaluationFigures Together(EvaluationFigures[] sets, IReadOnlyList<BaselineFigures>? baselines)
    {
        EvaluationSummary[] summaries = [.. sets.Select(set => set.Summary)];
        // Of independent means; one that is unknown leaves that of their average unknown.
        var variances = summaries.Select(summary => summary.AccuracyError * summary.AccuracyError).ToList();
        var total = new EvaluationSummary(
            summaries.Sum(summary => summary.Questions), summaries.Max(summary => summary.Samples), summaries.Sum(summary => summary.Failed),
            summaries.Average(summary => summary.Accuracy), summaries.Average(summary => summary.PassAtK),
            summaries.Average(summary => summary.TokensMean), summaries.Average(summary => summary.TokensMedian),
            summaries.Average(summary => summary.Truncated), summaries.Average(summary => summary.RedundantShare),
            summaries.Average(summary => summary.EssentialMissing))
        {
            AccuracyError = variances.Contains(null) ? null : Math.Sqrt(variances.Sum()!.Value) / sets.Length,
            Malformed = summaries.Sum(summary => summary.Malformed),
            NoAnswer = summaries.Sum(summary => summary.NoAnswer),
            OverBudget = summaries.Sum(summary => summary.OverBudget),
        };
        BaselineFigures? baseline = baselines is null
            ? null : new(baselines.Average(figures => figures.Accuracy), baselines.Average(figures => figures.Tokens));
        return new(
            TotalName, total, Everywhere(sets, set => set.PassAt), Everywhere(sets, set => set.Within),
            baseline is { } b ? Efficiency(total, b) : null);
    }

    // A figure that only some data sets have is none of them together.
    private static List<(int At, double Value)> Everywhere(
        EvaluationFigures[] sets, Func<EvaluationFigures, IReadOnlyList<(int At, double Value)>> of) =>
        [.. sets.SelectMany(of).GroupBy(point => point.At).Where(points => points.Count() == sets.Length)
            .Select(points => (points.Key, points.Average(point => point.Value)))];

    private static double? Efficiency(EvaluationSummary summary, BaselineFigures baseline) => baseline.Accuracy == 0
        ? null : EfficiencyScore.Of(summary.Accuracy, summary.TokensMean, baseline.Accuracy, baseline.Tokens);

    private static IEnumerable<int> Ks(int samples)
    {
        for (var k = 1; k < samples; k *= 2) yield return k;
        yield return samples;
    }
}
