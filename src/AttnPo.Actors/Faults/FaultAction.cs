namespace AttnPo.Actors.Faults;

/// <summary>What a fault does at its point. Settings name it in lower case with hyphens: disk-full.</summary>
public enum FaultAction
{
    /// <summary>The process is killed: no clean-up, no finally block, no flush.</summary>
    Crash,

    /// <summary>An <see cref="InjectedFaultException"/>; at <see cref="FaultPoint.Journal"/> a journal that cannot write.</summary>
    Throw,

    /// <summary>The thread that passes stands still for a while.</summary>
    Delay,

    /// <summary>The message that was about to be sent is lost.</summary>
    Drop,

    /// <summary>A byte in the middle of the file that was just named is another one.</summary>
    Corrupt,

    /// <summary>The file that is being written stays torn, and the write fails as on a full disk.</summary>
    DiskFull,
}
