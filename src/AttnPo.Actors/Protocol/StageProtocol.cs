namespace AttnPo.Actors.Protocol;

/// <summary>What any stage tells its parent about itself.</summary>
internal static class StageProtocol
{
    /// <summary>A stage failed, is restarted, and has lost what it held.</summary>
    /// <param name="Stage">Its name.</param>
    /// <param name="Attempt">The try at a step that it worked for; null: none.</param>
    /// <param name="Reason">What failed.</param>
    /// <param name="IsLasting">It would fail again: what was laid down is not what it was.</param>
    public sealed record StageRestarted(string Stage, StepAttempt? Attempt, string Reason, bool IsLasting);

    /// <summary>An attempt is given up: a stage that works for it cancels that and lets go of what it holds.</summary>
    public sealed record GiveUp(StepAttempt Attempt);

    /// <summary>A stage is gone for good.</summary>
    public sealed record StageStopped(string Stage);

    /// <summary>Asks a stage what it holds; the answer is a <see cref="RunProtocol.StageStatus"/>.</summary>
    public sealed record GetStageStatus
    {
        /// <summary>The only one.</summary>
        public static readonly GetStageStatus Instance = new();
    }
}
