using AttnPo.Gpu;

namespace AttnPo.Actors.Pipeline;

/// <summary>Where step scores come from.</summary>
public enum StepScoreSource
{
    /// <summary>Attention of the chosen heads.</summary>
    Heads,

    /// <summary>The task's own labels: what perfect heads would give. For comparisons, where the task knows the truth.</summary>
    Labels,
}

/// <summary>How steps are scored.</summary>
public sealed record AttentionScorerSettings
{
    /// <summary>The Key-Focus Heads; a step's score is the mean over them. No default: they belong to the model.</summary>
    public IReadOnlyList<HeadId> Heads { get; init; } = [];

    /// <summary>Where scores come from. Default: heads.</summary>
    public StepScoreSource Source { get; init; } = StepScoreSource.Heads;

    /// <summary>Waves asked for or held at most. Default 2: one in work, one that waits for the learner's thread.</summary>
    public int Window { get; init; } = 2;
}
