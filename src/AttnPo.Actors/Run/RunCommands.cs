using AttnPo.Actors.Protocol;

namespace AttnPo.Actors.Run;

/// <summary>What can be asked of a run's state.</summary>
internal interface IRunCommand;

/// <summary>Begin the run, or go on with it.</summary>
/// <param name="Run">Its name.</param>
/// <param name="SettingsHash">Of all settings that decide its result.</param>
/// <param name="CodeVersion">Of the code.</param>
/// <param name="Seed">Of all draws.</param>
/// <param name="Steps">Steps to make in all.</param>
/// <param name="TracksDifficulty">As <see cref="RunStarted"/> has it.</param>
internal sealed record OpenRun(
    RunId Run, string SettingsHash, string CodeVersion, ulong Seed, int Steps, bool TracksDifficulty = false) : IRunCommand;

/// <summary>Remember how far a wave of the step under way has come; what is known already is not journaled again.</summary>
/// <param name="Progress">A <see cref="WaveSampled"/>, <see cref="WaveGenerated"/> or <see cref="WaveJudged"/>.</param>
internal sealed record RecordWave(RunEvent Progress) : IRunCommand;

/// <summary>Make a step visible.</summary>
/// <param name="Step">The step.</param>
/// <param name="Policy">The version that it made.</param>
/// <param name="Prompts">Groups that it sampled.</param>
/// <param name="PromptSet">Prompts of the whole set.</param>
/// <param name="Checkpoint">What lies on disk; null: the waves in the ledger suffice.</param>
/// <param name="Metrics">Its figures.</param>
/// <param name="Groups">How each of its groups ended.</param>
internal sealed record CommitStep(
    StepNumber Step, PolicyVersion Policy, int Prompts, int PromptSet, CheckpointRecord? Checkpoint,
    IReadOnlyDictionary<string, double> Metrics, IReadOnlyList<GroupOutcome> Groups) : IRunCommand;

/// <summary>Remember a checkpoint of the last committed step.</summary>
internal sealed record RecordCheckpoint(StepNumber Step, CheckpointRecord Checkpoint) : IRunCommand;

/// <summary>Remember an evaluation of the committed policy.</summary>
internal sealed record RecordEvaluation(PolicyVersion Policy, IReadOnlyDictionary<string, double> Metrics) : IRunCommand;

/// <summary>Remember a look at the heads of the committed policy, and heads that were chosen anew.</summary>
internal sealed record RecordHeads(PolicyVersion Policy, HeadMeasurement Measurement) : IRunCommand;

/// <summary>Remember that the run is drained and waits.</summary>
internal sealed record PauseRun : IRunCommand;

/// <summary>Remember that it goes on.</summary>
internal sealed record ResumeRun : IRunCommand;

/// <summary>Close the run: all steps are made.</summary>
internal sealed record FinishRun : IRunCommand;

/// <summary>What a command comes to: events to journal, or a reason why not.</summary>
internal sealed record Decision(IReadOnlyList<RunEvent> Events, string? Refusal)
{
    public static Decision Accept(params IReadOnlyList<RunEvent> events) => new(events, null);

    public static Decision Refuse(string reason) => new([], reason);
}

/// <summary>What a run does next.</summary>
internal enum NextWork
{
    /// <summary>Measure the committed policy.</summary>
    Evaluate,

    /// <summary>Look whether the heads are still what they were.</summary>
    ProbeHeads,

    /// <summary>Make the next step.</summary>
    Step,

    /// <summary>Nothing is left but to say so.</summary>
    Finish,
}
