using AttnPo.Actors.Run;

namespace AttnPo.Actors.Protocol;

/// <summary>Between the coordinator and the pipeline: one step from its beginning to a checkpoint that waits for its commit.</summary>
internal static class StepProtocol
{
    /// <summary>Coordinator to Optimizer: hold exactly this policy, with no gradient left over.</summary>
    /// <param name="Attempt">The try.</param>
    /// <param name="Policy">The committed version.</param>
    /// <param name="Checkpoint">Where it lies; null: it is the one that a new engine begins with.</param>
    /// <param name="Anew">With a new engine: after a failure the state of the old one is not to be trusted.</param>
    public sealed record PreparePolicy(StepAttempt Attempt, PolicyVersion Policy, string? Checkpoint, bool Anew);

    /// <summary>Optimizer to coordinator: it is held, and published to the generator.</summary>
    public sealed record PolicyReady(StepAttempt Attempt);

    /// <summary>
    /// Begins a step. The coordinator tells the Optimizer; each stage tells the one above it before any demand, so no stage is
    /// asked for waves of a step it has not heard of.
    /// </summary>
    /// <param name="Attempt">The try at the step.</param>
    /// <param name="Policy">The version to sample from; also the trainer's.</param>
    /// <param name="PromptCursor">Where the reading of the prompt set goes on.</param>
    /// <param name="Waves">Waves of the step.</param>
    public sealed record BeginStep(StepAttempt Attempt, PolicyVersion Policy, long PromptCursor, int Waves);

    /// <summary>Optimizer to coordinator: so many of the step's waves have their gradient added.</summary>
    public sealed record WavesTrained(StepAttempt Attempt, int Done, int Waves);

    /// <summary>Optimizer to coordinator: the update is made, its checkpoint lies on disk under its final name.</summary>
    public sealed record StepTrained(
        StepAttempt Attempt, PolicyVersion Policy, CheckpointRecord Checkpoint, IReadOnlyDictionary<string, double> Metrics,
        IReadOnlyList<GroupOutcome> Groups);

    /// <summary>Coordinator to Optimizer, after the commit: older checkpoints than the last few may go.</summary>
    public sealed record PruneCheckpoints(StepNumber Committed);
}
