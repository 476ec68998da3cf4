using AttnPo.Actors.Run;
using AttnPo.Core.Data;
using AttnPo.Gpu;

namespace AttnPo.Actors.Protocol;

/// <summary>Between the coordinator and the pipeline: one step from its beginning to a checkpoint that waits for its commit.</summary>
internal static class StepProtocol
{
    /// <summary>Coordinator to Optimizer: hold exactly this policy, with no gradient left over.</summary>
    /// <param name="Attempt">The try.</param>
    /// <param name="Policy">The committed version.</param>
    /// <param name="Checkpoint">The last checkpoint; null: the model that a new engine begins with.</param>
    /// <param name="SinceCheckpoint">Committed steps after it, to be trained again from the ledger.</param>
    /// <param name="Anew">With a new engine: after a failure the state of the old one is not to be trusted.</param>
    public sealed record PreparePolicy(
        StepAttempt Attempt, PolicyVersion Policy, CheckpointRecord? Checkpoint, IReadOnlyList<LedgerStep> SinceCheckpoint, bool Anew);

    /// <summary>Optimizer to coordinator: a step of the ledger is trained again.</summary>
    /// <param name="Attempt">The try that it is for.</param>
    /// <param name="Step">The step.</param>
    /// <param name="Difference">How it came out otherwise than it was committed; null: to the same.</param>
    public sealed record StepRetrained(StepAttempt Attempt, StepNumber Step, string? Difference);

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
    /// <param name="Stored">What the ledger holds of them already: a stage takes its results from there instead of working again.</param>
    public sealed record BeginStep(
        StepAttempt Attempt, PolicyVersion Policy, long PromptCursor, int Waves, IReadOnlyList<LedgerWave> Stored)
    {
        /// <summary>How hard prompts were in the steps before.</summary>
        public PromptDifficulty Difficulty { get; init; } = PromptDifficulty.Unknown;

        /// <summary>The heads to read scores from; null: those of the settings.</summary>
        public IReadOnlyList<HeadId>? Heads { get; init; }

        /// <summary>What the ledger holds of a wave; null: nothing.</summary>
        public LedgerWave? StoredOf(WaveId wave) => Stored.FirstOrDefault(stored => stored.Wave == wave);
    }

    /// <summary>Coordinator to PromptSampler: no wave more in this try.</summary>
    public sealed record Drain(StepAttempt Attempt);

    /// <summary>PromptSampler to coordinator, after the records of all waves that it has sent: so many they were.</summary>
    public sealed record Drained(StepAttempt Attempt, int Sent);

    /// <summary>Optimizer to coordinator: so many of the step's waves have their gradient added.</summary>
    public sealed record WavesTrained(StepAttempt Attempt, int Done, int Waves);

    /// <summary>
    /// Optimizer to coordinator: the update is made; its checkpoint, where the step has one, lies on disk under its final name.
    /// </summary>
    public sealed record StepTrained(
        StepAttempt Attempt, PolicyVersion Policy, CheckpointRecord? Checkpoint, IReadOnlyDictionary<string, double> Metrics,
        IReadOnlyList<GroupOutcome> Groups);

    /// <summary>Coordinator to Optimizer, after a commit: what is older than it has to be may go.</summary>
    /// <param name="Checkpoint">The step of the last checkpoint.</param>
    /// <param name="Committed">The last committed step.</param>
    /// <param name="Named">Its files in the ledger; others that it left, in a try that came out otherwise, are named by nobody.</param>
    public sealed record PruneFiles(StepNumber Checkpoint, StepNumber Committed, IReadOnlyList<BlobRecord> Named);

    /// <summary>
    /// Coordinator to Optimizer: lay down a checkpoint of the last committed step, if the policy that is held is still its own. Where an
    /// update has overtaken the request, nothing is written and nothing is answered: the commit that follows sees to it.
    /// </summary>
    public sealed record WriteCheckpointNow(StepAttempt Attempt, StepNumber Step)
    {
        /// <summary>The heads that it names; null: those of the start model.</summary>
        public IReadOnlyList<HeadId>? Heads { get; init; }
    }

    /// <summary>Optimizer to coordinator: it lies on disk.</summary>
    public sealed record CheckpointLaid(StepAttempt Attempt, StepNumber Step, CheckpointRecord Checkpoint);
}
