namespace AttnPo.Host;

/// <summary>What the process says when it ends; scripts rely on the numbers.</summary>
internal static class ExitCode
{
    /// <summary>Done.</summary>
    public const int Done = 0;

    /// <summary>The work failed; one line on standard error says what to do.</summary>
    public const int Failed = 1;

    /// <summary>Wrong arguments or settings.</summary>
    public const int WrongArguments = 2;

    /// <summary>Interrupted, after a clean drain.</summary>
    public const int Interrupted = 130;
}
