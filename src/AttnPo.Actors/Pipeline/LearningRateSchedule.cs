namespace AttnPo.Actors.Pipeline;

/// <summary>How the learning rate goes over the run.</summary>
public enum LearningRateDecay
{
    /// <summary>Stays.</summary>
    Constant,

    /// <summary>Falls evenly, to 0 after the last step.</summary>
    Linear,

    /// <summary>Falls along half a cosine, to 0 after the last step.</summary>
    Cosine,
}

/// <summary>The learning rate as a function of the step.</summary>
public sealed record LearningRateSchedule
{
    /// <summary>The highest learning rate. Default 2e-6, the method's for models of 1.5B and more; a tiny model wants more.</summary>
    public double Peak
    {
        get;
        init => field = value > 0 && double.IsFinite(value)
            ? value
            : throw new ArgumentOutOfRangeException(nameof(Peak), value, "Expected a number above 0.");
    } = 2e-6;

    /// <summary>The form after the warm-up. Default: constant, as in the method.</summary>
    public LearningRateDecay Decay { get; init; } = LearningRateDecay.Constant;

    /// <summary>Steps in which the rate rises evenly to its peak. Default 0.</summary>
    public int WarmupSteps
    {
        get;
        init => field = value >= 0 ? value : throw new ArgumentOutOfRangeException(nameof(WarmupSteps), value, "Expected 0 or more.");
    }

    /// <summary>The learning rate of a step, the first is 1, of a run with this many.</summary>
    public double At(long step, int steps)
    {
        if (step <= WarmupSteps) return Peak * step / WarmupSteps;
        if (Decay == LearningRateDecay.Constant) return Peak;
        var done = Math.Clamp((step - 1.0 - WarmupSteps) / Math.Max(1, steps - WarmupSteps), 0, 1);
        return Decay == LearningRateDecay.Linear ? Peak * (1 - done) : Peak * (1 + Math.Cos(Math.PI * done)) / 2;
    }
}
