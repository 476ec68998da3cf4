namespace AttnPo.Actors.Run;

/// <summary>How often a run lays things down, and how long they stay.</summary>
public sealed record RetentionSettings
{
    /// <summary>
    /// Steps between two checkpoints; the last step always has one. Default 10: between them the ledger holds all that is needed to
    /// train again, which is cheaper than writing weights and optimizer state at each step, and a kill costs at most nine updates.
    /// </summary>
    public int CheckpointEvery { get; init => field = AtLeast(1, value, nameof(CheckpointEvery)); } = 10;

    /// <summary>The last so many checkpoints stay. Default 3: more to go back to costs disk.</summary>
    public int KeepCheckpoints { get; init => field = AtLeast(1, value, nameof(KeepCheckpoints)); } = 3;

    /// <summary>Checkpoints of steps that are multiples of this stay for good. Default 0: none.</summary>
    public int KeepCheckpointsEvery { get; init => field = AtLeast(0, value, nameof(KeepCheckpointsEvery)); }

    /// <summary>Rollouts and archived events of the last so many steps stay, and all since the last checkpoint; 0: of all steps. Default 1000.</summary>
    public int KeepSteps { get; init => field = AtLeast(0, value, nameof(KeepSteps)); } = 1000;

    /// <summary>
    /// Steps between two saved states, with each of which the journal is pruned. Default 20: a start reads at most so many steps'
    /// events, and saving costs next to nothing.
    /// </summary>
    public int SnapshotEvery { get; init => field = AtLeast(1, value, nameof(SnapshotEvery)); } = 20;

    private static int AtLeast(int least, int value, string name) =>
        value >= least ? value : throw new ArgumentOutOfRangeException(name, value, $"Expected {least} or more.");
}
