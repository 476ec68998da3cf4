namespace AttnPo.Core.Verification.Code;

/// <summary>How a program ended.</summary>
/// <param name="End">What ended it.</param>
/// <param name="ExitCode">As a shell says it: its own, or 128 and the number of the signal that ended it.</param>
/// <param name="Output">Standard output, up to its limit; what is no UTF-8 is replaced.</param>
/// <param name="ErrorTail">The end of standard error.</param>
internal sealed record ProgramRun(ProgramEnd End, int ExitCode, string Output, string ErrorTail)
{
    private const int LongestError = 200;

    /// <summary>Why it has no result, in a few words; null where it ended by itself and well.</summary>
    public string? Fault(SandboxLimits limits) => End switch
    {
        ProgramEnd.ProcessorLimit => FormattableString.Invariant(
            $"more than {Math.Ceiling(limits.Processor.TotalSeconds)} s of processor time"),
        ProgramEnd.WallLimit => FormattableString.Invariant($"no end within {limits.Wall.TotalSeconds:0.###} s"),
        ProgramEnd.MemoryLimit => $"more than {limits.Memory >> 20} MiB of memory",
        ProgramEnd.OutputLimit => $"more than {limits.Output >> 10} KiB of output",
        ProgramEnd.Signal => $"ended by signal {ExitCode - 128}",
        _ => ExitCode == 0 ? null : $"exit code {ExitCode}{(LastErrorLine is "" ? "" : $": {LastErrorLine}")}",
    };

    private string LastErrorLine
    {
        get
        {
            var text = ErrorTail.AsSpan().TrimEnd();
            var line = text[(text.LastIndexOf('\n') + 1)..].Trim();
            return line[..Math.Min(line.Length, LongestError)].ToString();
        }
    }
}

/// <summary>What ended a program.</summary>
internal enum ProgramEnd
{
    /// <summary>It ended by itself, with an exit code.</summary>
    Exited,

    /// <summary>It did not end in time.</summary>
    WallLimit,

    /// <summary>Its processor time was used up.</summary>
    ProcessorLimit,

    /// <summary>It was refused memory.</summary>
    MemoryLimit,

    /// <summary>It wrote more than is read.</summary>
    OutputLimit,

    /// <summary>The system ended it by a signal: a fault in memory, or memory ran out.</summary>
    Signal,
}
