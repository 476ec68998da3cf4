namespace AttnPo.Core.Verification.Code;

/// <summary>What one run of a program may take. Bounds of a process hold for each of its processes.</summary>
public sealed record SandboxLimits
{
    /// <summary>Processor time of a process; the system counts it in whole seconds, so it is rounded up. Default 6 s.</summary>
    public TimeSpan Processor { get; init; } = TimeSpan.FromSeconds(6);

    /// <summary>
    /// Time on the wall from when Python has begun. Default 12 s: for what waits, since processor time hardly depends on the machine's
    /// load.
    /// </summary>
    public TimeSpan Wall { get; init; } = TimeSpan.FromSeconds(12);

    /// <summary>Address space of a process, in bytes. Default 1 GiB.</summary>
    public long Memory { get; init; } = 1L << 30;

    /// <summary>Bytes of standard output. Default 8 MiB.</summary>
    public int Output { get; init; } = 8 << 20;

    /// <summary>Bytes of a file. Default 16 MiB.</summary>
    public long File { get; init; } = 16L << 20;

    /// <summary>Bytes of all files together, which lie in memory. Default 64 MiB. Holds under bubblewrap alone.</summary>
    public long Disk { get; init; } = 64L << 20;

    /// <summary>Open files of a process. Default 64.</summary>
    public int OpenFiles { get; init; } = 64;

    /// <summary>
    /// Processes and threads together, with two of the sandbox's own. Default 8. Holds under bubblewrap alone: without it, the system
    /// counts all that the user runs.
    /// </summary>
    public int Processes { get; init; } = 8;

    /// <summary>Bytes of the main thread's stack; within <see cref="Memory"/>. Default 64 MiB.</summary>
    public long Stack { get; init; } = 64L << 20;
}
