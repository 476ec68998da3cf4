namespace AttnPo.Actors.Pipeline;

/// <summary>How updates are made. The optimizer's own constants belong to the trainer.</summary>
public sealed record OptimizerStageSettings
{
    /// <summary>The learning rate over the run.</summary>
    public LearningRateSchedule LearningRate { get; init; } = new();

    /// <summary>
    /// Largest difference between generator and trainer, in log-probability of one token, that an update is made with. Beyond it the
    /// run ends: what learns is then not what wrote.
    /// </summary>
    public double LogProbGapBound { get; init; } = double.PositiveInfinity;

    /// <summary>Waves asked for or held at most. Default 2: one in work, one that waits for the learner's thread.</summary>
    public int Window { get; init; } = 2;
}
