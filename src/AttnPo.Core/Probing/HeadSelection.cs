namespace AttnPo.Core.Probing;

/// <summary>A head taken into a set.</summary>
/// <param name="Head">Its place among the scored heads.</param>
/// <param name="Accuracy">Step ranking accuracy of the averaged score of the set up to and with this head.</param>
public readonly record struct HeadPick(int Head, double Accuracy);

/// <summary>
/// Chooses Key-Focus Heads: heads whose scores, averaged, rank essential steps above redundant ones. Of equals the first head wins, so
/// the choice is a function of the data alone. Each throws <see cref="ArgumentException"/> where no response has both essential and
/// redundant steps, or responses differ in heads.
/// </summary>
public static class HeadSelection
{
    /// <summary>The step ranking accuracy of each head by itself, in the order of the heads.</summary>
    public static IReadOnlyList<double> Accuracies(IReadOnlyList<ProbedResponse> responses) => Accuracies(ScoreTable.Of(responses));

    /// <summary>The heads with the highest accuracies of their own, best first.</summary>
    /// <param name="responses">The evidence.</param>
    /// <param name="count">How many; all where there are fewer.</param>
    public static IReadOnlyList<HeadPick> TopK(IReadOnlyList<ProbedResponse> responses, int count) => TopK(ScoreTable.Of(responses), count);

    /// <summary>
    /// Starts from the best head and adds, each time, the head with which the averaged score has the highest accuracy. It goes on to
    /// the asked number even where no further head raises the accuracy, so that a reader sees where it saturates;
    /// <see cref="Saturation"/> says where that is.
    /// </summary>
    /// <param name="responses">The evidence.</param>
    /// <param name="count">How many; all where there are fewer.</param>
    public static IReadOnlyList<HeadPick> Greedy(IReadOnlyList<ProbedResponse> responses, int count) => Greedy(ScoreTable.Of(responses), count);

    /// <summary>
    /// How many heads are enough: the shortest beginning of the picks whose accuracy comes within the tolerance of the best that a
    /// beginning of at most so many heads has.
    /// </summary>
    /// <param name="picks">At least one.</param>
    /// <param name="most">The largest set.</param>
    /// <param name="tolerance">What a further head must bring to be worth its cost, in accuracy.</param>
    public static int Saturation(IReadOnlyList<HeadPick> picks, int most, double tolerance)
    {
        ArgumentOutOfRangeException.ThrowIfZero(picks.Count);
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(most);
        var allowed = picks.Take(most).ToList();
        var enough = allowed.Max(pick => pick.Accuracy) - tolerance;
        return allowed.FindIndex(pick => pick.Accuracy >= enough) + 1;
    }

    internal static double[] Accuracies(ScoreTable table)
    {
        var none = table.Empty();
        return [.. Enumerable.Range(0, table.Heads).Select(head => table.AccuracyWith(none, head))];
    }

    internal static IReadOnlyList<HeadPick> TopK(ScoreTable table, int count)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(count);
        var accuracies = Accuracies(table);
        var sums = table.Empty();
        var picks = new List<HeadPick>();
        foreach (var head in Enumerable.Range(0, table.Heads).OrderByDescending(head => accuracies[head]).Take(count))
        {
            table.Add(sums, head);
            picks.Add(new HeadPick(head, table.Accuracy(sums)));
        }
        return picks;
    }

    internal static IReadOnlyList<HeadPick> Greedy(ScoreTable table, int count)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(count);
        var sums = table.Empty();
        var left = Enumerable.Range(0, table.Heads).ToList();
        var picks = new List<HeadPick>();
        while (picks.Count < count && left.Count > 0)
        {
            var best = left.Select(head => new HeadPick(head, table.AccuracyWith(sums, head))).MaxBy(pick => pick.Accuracy);
            picks.Add(best);
            left.Remove(best.Head);
            table.Add(sums, best.Head);
        }
        return picks;
    }
}
