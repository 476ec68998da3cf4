using AttnPo.Actors.Run;
using AttnPo.Gpu;

namespace AttnPo.Actors.Protocol;

/// <summary>Between whoever drives a run and its coordinator.</summary>
public static class RunProtocol
{
    /// <summary>Begin or go on.</summary>
    internal sealed record Start
    {
        /// <summary>The only one.</summary>
        public static readonly Start Instance = new();
    }

    /// <summary>Begin no wave any more, end those in flight, and end.</summary>
    internal sealed record Stop
    {
        /// <summary>The only one.</summary>
        public static readonly Stop Instance = new();
    }

    /// <summary>
    /// Begin no wave any more, end those in flight, and do nothing until resumed. Answered with a <see cref="RunReply"/>.
    /// </summary>
    internal sealed record Pause
    {
        /// <summary>The only one.</summary>
        public static readonly Pause Instance = new();
    }

    /// <summary>Go on after a pause. Answered with a <see cref="RunReply"/>.</summary>
    internal sealed record Resume
    {
        /// <summary>The only one.</summary>
        public static readonly Resume Instance = new();
    }

    /// <summary>Keep a full checkpoint of the committed policy. Answered with a <see cref="RunReply"/>.</summary>
    internal sealed record WriteCheckpoint
    {
        /// <summary>The only one.</summary>
        public static readonly WriteCheckpoint Instance = new();
    }

    /// <summary>What a run answers to a wish.</summary>
    /// <param name="Done">Whether it is granted.</param>
    /// <param name="Message">What happens now; where it is refused, why and what to do.</param>
    public sealed record RunReply(bool Done, string Message);

    /// <summary>Asks for a <see cref="RunStatus"/>.</summary>
    internal sealed record GetStatus
    {
        /// <summary>The only one.</summary>
        public static readonly GetStatus Instance = new();
    }

    /// <summary>What a run is doing.</summary>
    /// <param name="Run">The run.</param>
    /// <param name="State">The phase, in a word.</param>
    /// <param name="Step">The last committed step.</param>
    /// <param name="Steps">Steps to make in all.</param>
    /// <param name="Policy">The committed version of the policy.</param>
    /// <param name="Attempt">The try at the step under way, the first is 1.</param>
    /// <param name="Stopping">Whether it drains, to end then.</param>
    /// <param name="Stages">What each stage holds, in the order of the pipeline.</param>
    /// <param name="Overdue">What is past its deadline: which id, where, since when.</param>
    /// <param name="Metrics">Of the last committed step.</param>
    public sealed record RunStatus(
        RunId Run, string State, StepNumber Step, int Steps, PolicyVersion Policy, int Attempt, bool Stopping,
        IReadOnlyList<StageStatus> Stages, IReadOnlyList<string> Overdue, IReadOnlyDictionary<string, double> Metrics)
    {
        /// <summary>Drains, to wait then until it is resumed.</summary>
        public bool Pausing { get; init; }

        /// <summary>The step of the last checkpoint.</summary>
        public StepNumber Checkpoint { get; init; }

        /// <summary>The heads that were chosen on the way; null: those of the settings are in use.</summary>
        public IReadOnlyList<HeadId>? Heads { get; init; }

        /// <summary>How the groups of all committed steps ended.</summary>
        public GroupCounts Groups { get; init; } = new(0, new Dictionary<DropReason, long>());

        /// <summary>Bytes on disk, by what they are for.</summary>
        public IReadOnlyDictionary<string, long> Disk { get; init; } = new Dictionary<string, long>();
    }

    /// <summary>What a stage holds.</summary>
    /// <param name="Stage">Its name.</param>
    /// <param name="Attempt">The try at a step that it works for; null before the first.</param>
    /// <param name="DemandOutstanding">Waves it has asked for and not received.</param>
    /// <param name="InHand">Waves it has received and not passed on.</param>
    /// <param name="Done">Waves it has passed on in this step.</param>
    public sealed record StageStatus(
        string Stage, StepAttempt? Attempt, int DemandOutstanding, IReadOnlyList<HeldWave> InHand, int Done);

    /// <summary>A wave that a stage holds.</summary>
    public sealed record HeldWave(WaveId Wave, DateTimeOffset Since);

    /// <summary>News of a run, in order. A later version may add kinds.</summary>
    public interface IRunProgress;

    /// <summary>The journal is read; work goes on after this step.</summary>
    public sealed record RunOpened(RunId Run, StepNumber Committed, int Steps, bool Continued) : IRunProgress;

    /// <summary>A committed step that no checkpoint holds is trained again from the ledger.</summary>
    /// <param name="Step">The step.</param>
    /// <param name="Last">The last that will be.</param>
    /// <param name="Difference">How it came out otherwise than it was committed; null: to the same.</param>
    public sealed record StepReplayed(StepNumber Step, StepNumber Last, string? Difference) : IRunProgress;

    /// <summary>The run is drained and waits to be resumed.</summary>
    /// <param name="Step">The last committed step.</param>
    /// <param name="Waves">Waves of the next that are in the ledger.</param>
    public sealed record PauseBegun(StepNumber Step, int Waves) : IRunProgress;

    /// <summary>A paused run goes on.</summary>
    public sealed record PauseEnded(StepNumber Step) : IRunProgress;

    /// <summary>A step began, or began again.</summary>
    public sealed record StepBegun(StepNumber Step, int Attempt, int Waves) : IRunProgress;

    /// <summary>So many of the step's waves are generated, verified, scored and accumulated.</summary>
    public sealed record WaveFinished(StepNumber Step, int Done, int Waves) : IRunProgress;

    /// <summary>A step is committed.</summary>
    public sealed record StepFinished(StepNumber Step, PolicyVersion Policy, IReadOnlyDictionary<string, double> Metrics) : IRunProgress;

    /// <summary>An evaluation is journaled.</summary>
    public sealed record EvaluationFinished(StepNumber Step, PolicyVersion Policy, IReadOnlyDictionary<string, double> Metrics) : IRunProgress;

    /// <summary>A look at the heads is journaled.</summary>
    public sealed record HeadsWatched(StepNumber Step, PolicyVersion Policy, IReadOnlyDictionary<string, double> Metrics) : IRunProgress;

    /// <summary>A run goes on with other responses to watch its heads on; what is found on them is compared anew.</summary>
    /// <param name="Step">The last committed step.</param>
    /// <param name="Former">Name of the responses before.</param>
    /// <param name="Now">Name of those that are there now.</param>
    public sealed record ProbeSetChanged(StepNumber Step, string Former, string Now) : IRunProgress;

    /// <summary>Heads were chosen anew.</summary>
    /// <param name="Step">The last committed step.</param>
    /// <param name="Heads">They.</param>
    /// <param name="Former">The heads before.</param>
    /// <param name="Accuracy">Step ranking accuracy of the new ones, on responses that did not choose them.</param>
    /// <param name="FormerAccuracy">That of the former, on the same.</param>
    public sealed record HeadsReselected(
        StepNumber Step, IReadOnlyList<HeadId> Heads, IReadOnlyList<HeadId> Former, double Accuracy, double FormerAccuracy) : IRunProgress;

    /// <summary>Something failed and is tried again.</summary>
    public sealed record WorkRetried(StepNumber Step, int Attempt, string Stage, string Reason) : IRunProgress;

    /// <summary>The run ended.</summary>
    public sealed record RunEnded(RunOutcome Outcome) : IRunProgress;
}
