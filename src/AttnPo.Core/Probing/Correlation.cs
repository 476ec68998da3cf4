namespace AttnPo.Core.Probing;

/// <summary>How far two lists of numbers go together: 1 as one, 0 not at all, -1 against each other.</summary>
public static class Correlation
{
    /// <summary>Pearson's: of the values. NaN where either list is constant or there are fewer than two values.</summary>
    /// <exception cref="ArgumentException">The lists differ in length.</exception>
    public static double Pearson(IReadOnlyList<double> first, IReadOnlyList<double> second)
    {
        if (first.Count != second.Count) throw new ArgumentException($"{first.Count} values against {second.Count}.", nameof(second));
        if (first.Count < 2) return double.NaN;
        var (meanFirst, meanSecond) = (first.Average(), second.Average());
        double product = 0, squaresFirst = 0, squaresSecond = 0;
        for (var i = 0; i < first.Count; i++)
        {
            var (a, b) = (first[i] - meanFirst, second[i] - meanSecond);
            product += a * b;
            squaresFirst += a * a;
            squaresSecond += b * b;
        }
        return product / Math.Sqrt(squaresFirst * squaresSecond);
    }

    /// <summary>Spearman's: of the ranks, equal values sharing the mean of theirs.</summary>
    /// <exception cref="ArgumentException">The lists differ in length.</exception>
    public static double Spearman(IReadOnlyList<double> first, IReadOnlyList<double> second) => Pearson(Ranks(first), Ranks(second));

    private static double[] Ranks(IReadOnlyList<double> values)
    {
        int[] order = [.. Enumerable.Range(0, values.Count).OrderBy(i => values[i])];
        var ranks = new double[values.Count];
        for (int from = 0, to; from < order.Length; from = to)
        {
            for (to = from + 1; to < order.Length && values[order[to]] == values[order[from]]; to++) { }
            for (var i = from; i < to; i++) ranks[order[i]] = (from + to - 1) / 2.0;
        }
        return ranks;
    }
}
