namespace AttnPo.Core.Steps;

/// <summary>What the phrase that opens a step does. The numbers are those that files use.</summary>
public enum StepClass
{
    /// <summary>Turns round or branches off: "Wait", "Let me double-check", "Alternatively".</summary>
    Confused = 1,

    /// <summary>Leads on: "First,", "Now", "Let me". Also a beginning without a phrase.</summary>
    Forward = 2,

    /// <summary>Sums up: "So", "Therefore".</summary>
    Backward = 3,

    /// <summary>Announces the answer inside the reasoning.</summary>
    Final = 4,
}

/// <summary>A step of the reasoning: a half-open range of the response's characters (UTF-16).</summary>
/// <param name="Start">First character.</param>
/// <param name="End">Character after the last.</param>
/// <param name="Class">Of the phrase that opens it.</param>
/// <param name="Phrase">The phrase; null where the reasoning begins without one.</param>
public readonly record struct Step(int Start, int End, StepClass Class, string? Phrase);

/// <summary>When a step is too short to stand alone.</summary>
/// <param name="MinCharacters">Code points a step must have.</param>
/// <param name="MinSummaryCharacters">
/// Up to this many code points besides its phrase, a short summing-up has nothing to sum up and introduces what follows.
/// </param>
public sealed record SegmentationSettings(int MinCharacters = 80, int MinSummaryCharacters = 15);
