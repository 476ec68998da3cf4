namespace AttnPo.Gpu.Training;

/// <summary>What is known of a response token beside its place: advantage with step credit, and log-probabilities of earlier passes.</summary>
internal readonly record struct TrainedToken(float Weight, float? Old, float? Generator)
{
    /// <summary>The token's loss under its present log-probability.</summary>
    public PolicyLoss Loss(double logProb, OptimizerSettings settings)
    {
        var advantage = Weight * Importance(logProb, settings.ImportanceCap);
        return Old is { } old ? PolicyLoss.Of(logProb, old, advantage, settings) : PolicyLoss.OnPolicy(advantage);
    }

    /// <summary>How far the generator is from the trainer at this token; null where it is not known.</summary>
    public double? Gap(double logProb) => Generator is { } generator ? Math.Abs(logProb - generator) : null;

    /// <summary>
    /// The generator draws with other rounding than the trainer computes: the ratio of the two weighs the token, cut off where it
    /// would make the gradient noisy. A constant for the gradient.
    /// </summary>
    private double Importance(double logProb, double cap) =>
        cap > 0 && Generator is { } generator ? Math.Min(cap, Math.Exp(logProb - generator)) : 1;
}
