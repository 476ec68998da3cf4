using AttnPo.Gpu;

namespace AttnPo.Actors.Run;

/// <summary>How the policy is measured on held-out prompts: before the first step, at marks on the way, and at the end.</summary>
public sealed record EvaluationSettings
{
    /// <summary>Steps between two evaluations. Default 0: at the start and the end alone.</summary>
    public int Every { get; init; }

    /// <summary>Held-out prompts, from the first on. Default 0: no evaluation.</summary>
    public int Prompts { get; init; }

    /// <summary>Responses of each prompt. Default 1: more prompts say more than more samples.</summary>
    public int Samples { get; init; } = 1;

    /// <summary>Prompts generated together. Default 32: bounds memory as a wave does in training.</summary>
    public int PromptsPerWave { get; init; } = 32;

    /// <summary>Temperature, cut-offs, limit on new tokens, stop tokens. No default: limit and stop tokens belong to the model.</summary>
    public required SamplingSettings Sampling { get; init; }
}
