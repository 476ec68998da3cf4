using AttnPo.Gpu;

namespace AttnPo.Actors.Pipeline;

/// <summary>How rollouts are sampled.</summary>
public sealed record GeneratorSettings
{
    /// <summary>G, the rollouts of a prompt. Default 8, as published; a group advantage needs two or more.</summary>
    public int SamplesPerPrompt
    {
        get;
        init => field = value >= 2
            ? value
            : throw new ArgumentOutOfRangeException(nameof(SamplesPerPrompt), value, "Expected 2 or more: one rollout has no group to compare with.");
    } = 8;

    /// <summary>Temperature, cut-offs, limit on new tokens, stop tokens. No default: limit and stop tokens belong to the model.</summary>
    public required SamplingSettings Sampling { get; init; }

    /// <summary>
    /// Times that a wave at which the engine fails is tried again, before its groups are tried alone. Default 2: what passes by is gone
    /// by then.
    /// </summary>
    public int Retries
    {
        get;
        init => field = value >= 0 ? value : throw new ArgumentOutOfRangeException(nameof(Retries), value, "Expected 0 or more.");
    } = 2;

    /// <summary>Waves asked for or held at most. Default 2: one on the device, one that waits for it.</summary>
    public int Window { get; init; } = 2;
}
