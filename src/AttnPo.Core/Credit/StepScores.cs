namespace AttnPo.Core.Credit;

/// <summary>What several heads together say of the steps of a response.</summary>
public static class StepScores
{
    /// <summary>[head][step], at least one head -> each step's score: the mean over the heads (method, section 3).</summary>
    public static double[] Mean(IReadOnlyList<double[]> headScores) =>
        [.. Enumerable.Range(0, headScores[0].Length).Select(step => headScores.Average(head => head[step]))];
}
