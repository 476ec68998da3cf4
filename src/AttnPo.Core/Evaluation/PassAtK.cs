namespace AttnPo.Core.Evaluation;

/// <summary>The chance that one of k responses is correct.</summary>
public static class PassAtK
{
    /// <summary>
    /// The unbiased estimate from n responses of which c are correct: 1 - C(n-c, k) / C(n, k), as a product so that nothing overflows.
    /// </summary>
    /// <param name="samples">n.</param>
    /// <param name="correct">c, at most n.</param>
    /// <param name="k">From 1 to n.</param>
    public static double Estimate(int samples, int correct, int k)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(correct);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(correct, samples);
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(k);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(k, samples);
        if (samples - correct < k) return 1;
        var allWrong = 1.0;
        for (var i = 0; i < k; i++)
            allWrong *= (double)(samples - correct - i) / (samples - i);
        return 1 - allWrong;
    }
}
