using AttnPo.Actors.Protocol;

namespace AttnPo.Actors.Run;

/// <summary>What makes a run, and how it bears faults.</summary>
public sealed record RunSettings
{
    /// <summary>Of all draws and of the order of prompts. Default 1.</summary>
    public ulong Seed { get; init; } = 1;

    /// <summary>Steps to make in all. A run that is started again may be given more.</summary>
    public required int Steps { get; init; }

    /// <summary>
    /// Names all settings that decide the result, steps and purely operational ones left out: a run goes on only under the same.
    /// </summary>
    public required string SettingsHash { get; init; }

    /// <summary>Of the code, for the journal.</summary>
    public string CodeVersion { get; init; } = "";

    /// <summary>Times that a step is begun again before the run stops itself. Default 3: a fault that comes four times comes always.</summary>
    public int RestartBudget { get; init; } = 3;

    /// <summary>Wait before the first of these times; doubles with each. Default 1 s: gives a disk or device time to come back.</summary>
    public TimeSpan RestartBackoff { get; init; } = TimeSpan.FromSeconds(1);

    /// <summary>After this without progress the watchdog names what is missing. Default 30 min: longer than a wave of a large model.</summary>
    public TimeSpan StallAfter { get; init; } = TimeSpan.FromMinutes(30);

    /// <summary>After this without progress a step is begun again, at the cost of one restart. Default 6 h: a message was lost, or a call hangs.</summary>
    public TimeSpan GiveUpAfter { get; init; } = TimeSpan.FromHours(6);

    /// <summary>Whether a step's commit lays down a checkpoint: each so many steps, and the last.</summary>
    internal bool HasCheckpoint(StepNumber step) => step.Value % Retention.CheckpointEvery == 0 || step.Value == Steps;

    /// <summary>Checkpoints, saved states, and how long all stays.</summary>
    public RetentionSettings Retention { get; init; } = new();
}
