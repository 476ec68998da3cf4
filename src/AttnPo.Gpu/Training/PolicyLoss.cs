namespace AttnPo.Gpu.Training;

/// <summary>The PPO surrogate of one token with both clips: its value, and its derivative by the token's log-probability.</summary>
internal readonly record struct PolicyLoss(double Value, double Slope, bool Clipped)
{
    /// <summary>Beyond this the exponential says nothing more and would overflow.</summary>
    private const double LargestLogRatio = 20;

    /// <summary>The one update of a step is made by the policy that sampled: the ratio is 1 and only its slope matters.</summary>
    public static PolicyLoss OnPolicy(double advantage) => new(-advantage, -advantage, Clipped: false);

    public static PolicyLoss Of(double logProb, double oldLogProb, double advantage, OptimizerSettings settings)
    {
        var ratio = Math.Exp(Math.Clamp(logProb - oldLogProb, -LargestLogRatio, LargestLogRatio));
        var plain = -advantage * ratio;
        var clipped = -advantage * Math.Clamp(ratio, 1 - settings.PpoClip, 1 + settings.PpoClip);
        // The pessimistic one of the two: moving on in the direction that already went far enough earns nothing.
        if (clipped > plain) return new PolicyLoss(clipped, 0, Clipped: true);
        // A bad token that became far more likely would otherwise pull without limit.
        var ceiling = -advantage * settings.DualClip;
        return advantage < 0 && plain > ceiling ? new PolicyLoss(ceiling, 0, Clipped: true) : new PolicyLoss(plain, plain, Clipped: false);
    }
}
