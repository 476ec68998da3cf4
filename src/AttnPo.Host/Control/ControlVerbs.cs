namespace AttnPo.Host.Control;

/// <summary>What can be asked of a run, as it stands in the endpoint's addresses and on the command line.</summary>
internal static class ControlVerbs
{
    /// <summary>Drain and do nothing until resumed.</summary>
    public const string Pause = "pause";

    /// <summary>Go on after a pause.</summary>
    public const string Resume = "resume";

    /// <summary>Drain and end.</summary>
    public const string Stop = "stop";

    /// <summary>Write a full checkpoint.</summary>
    public const string Checkpoint = "checkpoint";
}
