using System.Text.Json.Serialization;
using AttnPo.Actors.Protocol;
using AttnPo.Core.Data;
using AttnPo.Gpu;

namespace AttnPo.Actors.Run;

/// <summary>
/// What a run remembers. Events are extended by optional members only, never changed or removed: journals outlive versions.
/// </summary>
public abstract record RunEvent
{
    /// <summary>When it was journaled; absent in journals of version 0.1. Never part of a decision.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public DateTimeOffset? At { get; init; }
}

/// <summary>A run began.</summary>
/// <param name="Run">Its name.</param>
/// <param name="SettingsHash">Of all settings that decide its result.</param>
/// <param name="CodeVersion">Of the code that began it.</param>
/// <param name="Seed">Of all draws.</param>
/// <param name="Steps">Steps to make.</param>
/// <param name="TracksDifficulty">What is sampled depends on how hard prompts were: the run remembers that.</param>
public sealed record RunStarted(
    RunId Run, string SettingsHash, string CodeVersion, ulong Seed, int Steps,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingDefault)] bool TracksDifficulty = false) : RunEvent;

/// <summary>A run was started again.</summary>
/// <param name="CodeVersion">Of the code that goes on.</param>
/// <param name="Steps">Steps to make in all, now.</param>
public sealed record RunContinued(string CodeVersion, int Steps) : RunEvent;

/// <summary>The prompts of a wave were drawn; from here on each of its groups must end exactly once.</summary>
/// <param name="Wave">The wave.</param>
/// <param name="Position">Place in the endless reading of the prompt set from which it was read on; the wave after it follows.</param>
/// <param name="Prompts">Index of each group's prompt, in the order of the groups.</param>
/// <param name="Skipped">Prompts that were passed over to find these; null: none.</param>
public sealed record WaveSampled(
    WaveId Wave, long Position, IReadOnlyList<long> Prompts,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] SkippedPrompts? Skipped = null) : RunEvent;

/// <summary>The rollouts of a wave lie on disk.</summary>
/// <param name="Wave">The wave.</param>
/// <param name="Policy">The version that wrote them.</param>
/// <param name="Rollouts">The file that holds them.</param>
/// <param name="Seconds">How long they were decoded.</param>
public sealed record WaveGenerated(WaveId Wave, PolicyVersion Policy, BlobRecord Rollouts, double Seconds) : RunEvent;

/// <summary>Verdicts, rewards, advantages and step credit of a wave lie on disk: all that its gradient needs.</summary>
/// <param name="Wave">The wave.</param>
/// <param name="Judgement">The file that holds them.</param>
/// <param name="VerifySeconds">How long it was verified.</param>
/// <param name="ScoreSeconds">How long it was scored.</param>
public sealed record WaveJudged(WaveId Wave, BlobRecord Judgement, double VerifySeconds, double ScoreSeconds) : RunEvent;

/// <summary>A step became visible as a whole: weights, optimizer state, cursor, figures.</summary>
/// <param name="Step">The step.</param>
/// <param name="Policy">The version that it made.</param>
/// <param name="PromptCursor">Where the reading of the prompt set goes on.</param>
/// <param name="Checkpoint">
/// Weights and optimizer state; null: they are in the ledger, as the last checkpoint before and the waves journaled since.
/// </param>
/// <param name="Metrics">The step's figures.</param>
/// <param name="Groups">How each of its groups ended.</param>
public sealed record StepCommitted(
    StepNumber Step, PolicyVersion Policy, long PromptCursor, CheckpointRecord? Checkpoint, IReadOnlyDictionary<string, double> Metrics,
    IReadOnlyList<GroupOutcome> Groups) : RunEvent;

/// <summary>A group was dropped; journaled together with its step.</summary>
/// <param name="Group">The group.</param>
/// <param name="Prompt">Index of its prompt.</param>
/// <param name="Reason">Why.</param>
public sealed record GroupDropped(GroupId Group, long Prompt, DropReason Reason) : RunEvent;

/// <summary>A step that was committed in the ledger got a checkpoint later, since somebody asked for it.</summary>
/// <param name="Step">The last committed step.</param>
/// <param name="Checkpoint">What lies on disk.</param>
public sealed record CheckpointWritten(StepNumber Step, CheckpointRecord Checkpoint) : RunEvent;

/// <summary>The policy was measured on the held-out prompts.</summary>
/// <param name="Step">The last committed step.</param>
/// <param name="Policy">What was measured.</param>
/// <param name="Metrics">The figures.</param>
public sealed record Evaluated(StepNumber Step, PolicyVersion Policy, IReadOnlyDictionary<string, double> Metrics) : RunEvent;

/// <summary>The heads in use were looked at, on the responses of the probe set.</summary>
/// <param name="Step">The last committed step.</param>
/// <param name="Policy">Whose heads.</param>
/// <param name="Heads">They.</param>
/// <param name="ProbeSet">Name of the responses: those of the same name are equal.</param>
/// <param name="Metrics">The figures.</param>
/// <param name="Scores">Step scores, where later ones are compared with these; null: they are compared with earlier ones.</param>
public sealed record HeadsProbed(
    StepNumber Step, PolicyVersion Policy, IReadOnlyList<HeadId> Heads, string ProbeSet, IReadOnlyDictionary<string, double> Metrics,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] IReadOnlyList<double>? Scores = null) : RunEvent;

/// <summary>Heads were chosen anew; all steps after this one use them. Journaled together with the look that led to it.</summary>
/// <param name="Step">The last committed step.</param>
/// <param name="Heads">They.</param>
/// <param name="Former">The heads before.</param>
/// <param name="Accuracy">Step ranking accuracy of the new ones, on responses that did not choose them.</param>
/// <param name="FormerAccuracy">That of the former, on the same.</param>
/// <param name="ProbeSet">Name of the responses.</param>
/// <param name="Scores">The new heads' step scores, with which later ones are compared.</param>
public sealed record HeadsSelected(
    StepNumber Step, IReadOnlyList<HeadId> Heads, IReadOnlyList<HeadId> Former, double Accuracy, double FormerAccuracy, string ProbeSet,
    IReadOnlyList<double> Scores) : RunEvent;

/// <summary>The run is drained and does nothing until it is resumed, also when it is started again.</summary>
/// <param name="Step">The last committed step.</param>
/// <param name="Waves">Waves of the step after it that are judged already.</param>
public sealed record RunPaused(StepNumber Step, int Waves) : RunEvent;

/// <summary>A paused run goes on.</summary>
/// <param name="Step">The last committed step.</param>
public sealed record RunResumed(StepNumber Step) : RunEvent;

/// <summary>All steps are made.</summary>
/// <param name="Step">The last.</param>
public sealed record RunFinished(StepNumber Step) : RunEvent;
