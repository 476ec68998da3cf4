namespace AttnPo.Actors.Pipeline;

/// <summary>How responses are verified. What counts as right belongs to the reader, what it earns to the credit settings.</summary>
public sealed record RewardVerifierSettings
{
    /// <summary>Waves asked for or held at most. Default 2: one in work, one that waits.</summary>
    public int Window { get; init; } = 2;
}
