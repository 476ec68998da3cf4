namespace AttnPo.Core.Evaluation;

/// <summary>The accuracy-efficiency score: shorter is good, more accurate is better, less accurate is worse still.</summary>
public static class EfficiencyScore
{
    private const double GainWeight = 3, LossWeight = 5;

    /// <summary>Relative shortening plus 3 times the relative gain in accuracy, or less 5 times the relative loss.</summary>
    /// <param name="accuracy">Of the model in question.</param>
    /// <param name="tokens">Its mean length.</param>
    /// <param name="baseAccuracy">Of the baseline, above 0.</param>
    /// <param name="baseTokens">Its mean length, above 0.</param>
    public static double Of(double accuracy, double tokens, double baseAccuracy, double baseTokens)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(baseAccuracy);
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(baseTokens);
        var shortening = (baseTokens - tokens) / baseTokens;
        var gain = (accuracy - baseAccuracy) / baseAccuracy;
        return shortening + (gain >= 0 ? GainWeight : LossWeight) * gain;
    }
}
