using AttnPo.Actors.Protocol;

namespace AttnPo.Actors.Run;

/// <summary>
/// What a run remembers. Events are extended by optional members only, never changed or removed: journals outlive versions.
/// </summary>
public interface IRunEvent;

/// <summary>A run began.</summary>
/// <param name="Run">Its name.</param>
/// <param name="SettingsHash">Of all settings that decide its result.</param>
/// <param name="CodeVersion">Of the code that began it.</param>
/// <param name="Seed">Of all draws.</param>
/// <param name="Steps">Steps to make.</param>
public sealed record RunStarted(RunId Run, string SettingsHash, string CodeVersion, ulong Seed, int Steps) : IRunEvent;

/// <summary>A run was started again.</summary>
/// <param name="CodeVersion">Of the code that goes on.</param>
/// <param name="Steps">Steps to make in all, now.</param>
public sealed record RunContinued(string CodeVersion, int Steps) : IRunEvent;

/// <summary>A step became visible as a whole: weights, optimizer state, cursor, figures.</summary>
/// <param name="Step">The step.</param>
/// <param name="Policy">The version that it made.</param>
/// <param name="PromptCursor">Where the reading of the prompt set goes on.</param>
/// <param name="Checkpoint">Weights and optimizer state.</param>
/// <param name="Metrics">The step's figures.</param>
/// <param name="Groups">How each of its groups ended.</param>
public sealed record StepCommitted(
    StepNumber Step, PolicyVersion Policy, long PromptCursor, CheckpointRecord Checkpoint, IReadOnlyDictionary<string, double> Metrics,
    IReadOnlyList<GroupOutcome> Groups) : IRunEvent;

/// <summary>A group was dropped; journaled together with its step.</summary>
/// <param name="Group">The group.</param>
/// <param name="Prompt">Index of its prompt.</param>
/// <param name="Reason">Why.</param>
public sealed record GroupDropped(GroupId Group, long Prompt, DropReason Reason) : IRunEvent;

/// <summary>The policy was measured on the held-out prompts.</summary>
/// <param name="Step">The last committed step.</param>
/// <param name="Policy">What was measured.</param>
/// <param name="Metrics">The figures.</param>
public sealed record Evaluated(StepNumber Step, PolicyVersion Policy, IReadOnlyDictionary<string, double> Metrics) : IRunEvent;

/// <summary>All steps are made.</summary>
/// <param name="Step">The last.</param>
public sealed record RunFinished(StepNumber Step) : IRunEvent;
