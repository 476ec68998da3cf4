using AttnPo.Core.Data;
using AttnPo.Core.Steps;
using AttnPo.Core.Verification;

namespace AttnPo.Core.Evaluation;

/// <summary>One sampled response to one question.</summary>
/// <param name="Index">The question's.</param>
/// <param name="Sample">0-based number among the question's responses.</param>
/// <param name="Verdict">Of the response.</param>
/// <param name="Tokens">Its length.</param>
/// <param name="Answer">What it boxed; null without a box.</param>
/// <param name="Steps">What became of its steps; null where there are no labels.</param>
public sealed record EvaluationRow(
    long Index, int Sample, Verdict Verdict, int Tokens, string? Answer = null, LabelledSteps? Steps = null)
{
    /// <summary>The transition phrases of its reasoning; null where they were not counted.</summary>
    public PhraseCounts? Phrases { get; init; }

    /// <summary>Whether it was cut off at the limit on its length.</summary>
    public bool Truncated => Verdict == Verdict.Truncated;
}

/// <summary>The steps of a response by their labels.</summary>
/// <param name="Essential">Essential steps that are there.</param>
/// <param name="Redundant">Redundant steps.</param>
/// <param name="Missing">Essential steps that the question needs and the response lacks.</param>
public readonly record struct LabelledSteps(int Essential, int Redundant, int Missing)
{
    /// <summary>Counts what <see cref="IStepLabels"/> says of a response.</summary>
    public static LabelledSteps Count(IReadOnlyList<StepLabel> labels, int missing)
    {
        var essential = labels.Count(label => label == StepLabel.Essential);
        return new LabelledSteps(essential, labels.Count - essential, missing);
    }
}
