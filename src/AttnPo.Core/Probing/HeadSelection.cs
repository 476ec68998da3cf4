namespace AttnPo.Core.Probing;

/// <summary>A response whose steps have labels and a score from each head.</summary>
/// <param name="HeadScores">[head][step].</param>
/// <param name="Essential">Of each step, whether it is essential; else it is redundant.</param>
public sealed record ProbedResponse(IReadOnlyList<IReadOnlyList<double>> HeadScores, IReadOnlyList<bool> Essential);

/// <summary>A head taken into a set.</summary>
/// <param name="Head">Its place among the scored heads.</param>
/// <param name="Accuracy">Step ranking accuracy of the averaged score of the set up to and with this head.</param>
public readonly record struct HeadPick(int Head, double Accuracy);

/// <summary>
/// Chooses Key-Focus Heads: heads whose scores, averaged, rank essential steps above redundant ones. Of equals the first head wins, so
/// the choice is a function of the data alone.
/// </summary>
public static class HeadSelection
{
    /// <summary>The step ranking accuracy of each head by itself, in the order of the heads.</summary>
    /// <exception cref="ArgumentException">No response has both essential and redundant steps, or responses differ in heads.</exception>
    public static IReadOnlyList<double> Accuracies(IReadOnlyList<ProbedResponse> responses)
    {
        var none = EmptySums(responses);
        return [.. Enumerable.Range(0, responses[0].HeadScores.Count).Select(head => AccuracyWith(responses, none, head))];
    }

    /// <summary>The heads with the highest accuracies of their own, best first.</summary>
    /// <param name="responses">The evidence.</param>
    /// <param name="count">How many; all where there are fewer.</param>
    public static IReadOnlyList<HeadPick> TopK(IReadOnlyList<ProbedResponse> responses, int count)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(count);
        var accuracies = Accuracies(responses);
        var best = Enumerable.Range(0, accuracies.Count).OrderByDescending(head => accuracies[head]).Take(count);
        var sums = EmptySums(responses);
        return [.. best.Select(head => new HeadPick(head, AddTo(sums, responses, head)))];
    }

    /// <summary>
    /// Starts from the best head and adds the head that raises the accuracy of the averaged score most, until none raises it.
    /// </summary>
    /// <param name="responses">The evidence.</param>
    /// <param name="most">The largest set.</param>
    public static IReadOnlyList<HeadPick> Greedy(IReadOnlyList<ProbedResponse> responses, int most)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(most);
        var sums = EmptySums(responses);
        var left = Enumerable.Range(0, responses[0].HeadScores.Count).ToList();
        var picks = new List<HeadPick>();
        while (picks.Count < most && left.Count > 0)
        {
            var best = left.Select(head => new HeadPick(head, AccuracyWith(responses, sums, head))).MaxBy(pick => pick.Accuracy);
            if (picks.Count > 0 && best.Accuracy <= picks[^1].Accuracy) break;
            picks.Add(best);
            left.Remove(best.Head);
            AddTo(sums, responses, best.Head);
        }
        return picks;
    }

    /// <summary>The accuracy of the set's scores with one more head's. A sum ranks as the mean does.</summary>
    private static double AccuracyWith(IReadOnlyList<ProbedResponse> responses, double[][] sums, int head) =>
        StepRanking.Accuracy(responses.Select((response, i) => (
            (IReadOnlyList<double>)[.. sums[i].Zip(response.HeadScores[head], (sum, score) => sum + score)],
            response.Essential))).Accuracy;

    private static double AddTo(double[][] sums, IReadOnlyList<ProbedResponse> responses, int head)
    {
        for (var i = 0; i < sums.Length; i++)
            sums[i] = [.. sums[i].Zip(responses[i].HeadScores[head], (sum, score) => sum + score)];
        return StepRanking.Accuracy(responses.Select((response, i) => ((IReadOnlyList<double>)sums[i], response.Essential))).Accuracy;
    }

    private static double[][] EmptySums(IReadOnlyList<ProbedResponse> responses)
    {
        if (!responses.Any(response => response.Essential.Contains(true) && response.Essential.Contains(false)))
            throw new ArgumentException(
                "No response has both essential and redundant steps, so heads cannot be told apart.", nameof(responses));
        var heads = responses[0].HeadScores.Count;
        if (heads == 0 || responses.Any(response =>
            response.HeadScores.Count != heads || response.HeadScores.Any(scores => scores.Count != response.Essential.Count)))
            throw new ArgumentException("Every response needs a score of every head for every step.", nameof(responses));
        return [.. responses.Select(response => new double[response.Essential.Count])];
    }
}
