using AttnPo.Core.Data;

namespace AttnPo.Actors.Pipeline;

/// <summary>What becomes of a prompt that is too long.</summary>
public enum LongPrompts
{
    /// <summary>Its group takes a place in the step and is dropped.</summary>
    Drop,

    /// <summary>It is passed over, and the next one takes its place.</summary>
    Skip,
}

/// <summary>Which prompts a step trains on, and in which portions they travel.</summary>
public sealed record PromptSamplerSettings
{
    /// <summary>Prompts (groups) of a step, 1 or more. Default 128, as published.</summary>
    public int PromptsPerStep { get; init => field = AtLeastOne(value, nameof(PromptsPerStep)); } = 128;

    /// <summary>
    /// Waves of a step, 1 to the number of prompts. Default 8: later stages work on one wave while the next is generated, so a step
    /// wants several; a smaller wave fills the device less.
    /// </summary>
    public int WavesPerStep { get; init => field = AtLeastOne(value, nameof(WavesPerStep)); } = 8;

    /// <summary>Tokens a prompt may have. Default: no limit but that of the data.</summary>
    public int MaxPromptTokens { get; init => field = AtLeastOne(value, nameof(MaxPromptTokens)); } = int.MaxValue;

    /// <summary>What becomes of a longer one. Default: it is dropped.</summary>
    public LongPrompts LongPrompts { get; init; }

    /// <summary>Passes over prompts that are solved always or never; null: none is. Default.</summary>
    public DifficultyFilter? Difficulty { get; init; }

    /// <summary>How prompts are read with these settings.</summary>
    public PromptReading Reading(IPromptSet prompts, Func<string, int[]> encode, ulong seed) =>
        new(prompts, encode, seed, LongPrompts == LongPrompts.Skip ? MaxPromptTokens : null, Difficulty);

    /// <summary>First prompt of a wave, counted in its step; the last wave's end is the next one's first.</summary>
    internal int FirstOf(int wave) => (int)((long)wave * PromptsPerStep / WavesPerStep);

    private static int AtLeastOne(int value, string name) =>
        value >= 1 ? value : throw new ArgumentOutOfRangeException(name, value, "Expected 1 or more.");
}
