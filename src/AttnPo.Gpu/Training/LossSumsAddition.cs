namespace AttnPo.Gpu.Training;

/// <summary>Sums of sums.</summary>
internal static class LossSumsAddition
{
    public static LossSums Plus(this LossSums left, LossSums right) => new(
        left.Loss + right.Loss,
        left.NegativeLogLikelihood + right.NegativeLogLikelihood,
        left.Entropy + right.Entropy,
        left.Tokens + right.Tokens,
        left.ClippedTokens + right.ClippedTokens,
        Math.Max(left.MaxLogProbGap, right.MaxLogProbGap),
        left.PaddedTokens + right.PaddedTokens);
}
