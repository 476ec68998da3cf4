namespace AttnPo.Core.Probing;

/// <summary>Step ranking accuracy: how well scores tell essential from redundant steps.</summary>
public static class StepRanking
{
    /// <summary>
    /// Over all pairs of an essential and a redundant step within the same response, the share in which the essential one has the
    /// higher score; equal scores count one half. 0.5 is chance. Without a pair the accuracy is NaN.
    /// </summary>
    public static (double Accuracy, long Pairs) Accuracy(
        IEnumerable<(IReadOnlyList<double> Scores, IReadOnlyList<bool> Essential)> responses)
    {
        // Counted in halves, so that any order of the responses gives the same figure.
        long halves = 0, pairs = 0;
        foreach (var (scores, essential) in responses)
        {
            var (halvesHere, pairsHere) = Count(scores, essential);
            halves += halvesHere;
            pairs += pairsHere;
        }
        return (halves / (2.0 * pairs), pairs);
    }

    private static (long Halves, long Pairs) Count(IReadOnlyList<double> scores, IReadOnlyList<bool> essential)
    {
        if (scores.Count != essential.Count)
            throw new ArgumentException($"{scores.Count} scores, but {essential.Count} labels.", nameof(essential));
        if (scores.Any(double.IsNaN)) throw new ArgumentException("A score is no number.", nameof(scores));

        var (keys, labels) = (scores.ToArray(), essential.ToArray());
        Array.Sort(keys, labels);
        long halves = 0, redundantBelow = 0;
        for (int from = 0, to; from < keys.Length; from = to)
        {
            long essentialHere = 0, redundantHere = 0;
            for (to = from; to < keys.Length && keys[to] == keys[from]; to++)
            {
                if (labels[to]) essentialHere++;
                else redundantHere++;
            }
            halves += essentialHere * (2 * redundantBelow + redundantHere);
            redundantBelow += redundantHere;
        }
        return (halves, (labels.Length - redundantBelow) * redundantBelow);
    }
}
