using AttnPo.Actors.Protocol;

namespace AttnPo.Actors.Run;

/// <summary>What of a run lies in files. The journal says which of them count.</summary>
internal sealed class RunFolder(string path, int keepCheckpoints)
{
    public CheckpointFolder Checkpoints { get; } = new(Path.Combine(path, "checkpoints"), keepCheckpoints);

    public RolloutFolder Rollouts { get; } = new(Path.Combine(path, "rollouts"));

    public MetricsFile Metrics { get; } = new(Path.Combine(path, "metrics.jsonl"));

    /// <summary>Removes what no event names, and makes sure of the checkpoint that the run goes on from.</summary>
    public void Restore(StepNumber committed, CheckpointRecord? checkpoint)
    {
        // First, so that a directory in which something is wrong is left as it is.
        if (checkpoint is not null) Checkpoints.Verify(checkpoint);
        Checkpoints.Sweep(committed);
        Rollouts.Sweep(committed);
    }
}
