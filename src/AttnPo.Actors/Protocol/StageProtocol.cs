namespace AttnPo.Actors.Protocol;

/// <summary>What any stage tells its parent about itself.</summary>
internal static class StageProtocol
{
    /// <summary>A stage failed, was restarted, and has lost what it held.</summary>
    public sealed record StageRestarted(string Stage, string Reason);

    /// <summary>A stage is gone for good.</summary>
    public sealed record StageStopped(string Stage);

    /// <summary>Asks a stage what it holds; the answer is a <see cref="RunProtocol.StageStatus"/>.</summary>
    public sealed record GetStageStatus
    {
        /// <summary>The only one.</summary>
        public static readonly GetStageStatus Instance = new();
    }
}
