namespace AttnPo.Actors.Protocol;

/// <summary>How a run ended.</summary>
public enum RunEnd
{
    /// <summary>All steps are made.</summary>
    Finished,

    /// <summary>Asked to stop; the waves in flight are in the ledger.</summary>
    Stopped,

    /// <summary>The directory holds a run that these settings do not continue; nothing was touched.</summary>
    Refused,

    /// <summary>It could not go on; all up to the last commit is kept.</summary>
    Failed,
}

/// <summary>The end of a run.</summary>
/// <param name="End">How.</param>
/// <param name="Step">The last committed step.</param>
/// <param name="Message">What happened and what to do, in a line; empty when it finished.</param>
public sealed record RunOutcome(RunEnd End, StepNumber Step, string Message)
{
    /// <summary>Waves of the step after it that are generated and judged: the next start does not generate them again.</summary>
    public int WavesInLedger { get; init; }

    /// <summary>It stays paused at the next start.</summary>
    public bool IsPaused { get; init; }
}
