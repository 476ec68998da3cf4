namespace AttnPo.Core.Verification.Code;

/// <summary>What a program may take while it is judged.</summary>
public sealed record CodeSettings
{
    /// <summary>
    /// Processor time for one test, counted in whole seconds, rounded up. Default 6 s. On the wall it may take twice that: a machine that
    /// has other work is no fault of the program.
    /// </summary>
    public TimeSpan Timeout { get; init; } = TimeSpan.FromSeconds(6);

    /// <summary>Address space of a process, in bytes. Default 1 GiB.</summary>
    public long Memory { get; init; } = 1L << 30;

    /// <summary>Time on the wall for all tests of one response. Default 60 s.</summary>
    public TimeSpan Total { get; init; } = TimeSpan.FromSeconds(60);

    /// <summary>The limits of one test.</summary>
    internal SandboxLimits Limits => new() { Processor = Timeout, Wall = 2 * Timeout, Memory = Memory };
}
