using AttnPo.Actors.Faults;

namespace AttnPo.Host.Chaos;

/// <summary>A phase of a run's life, and how to make sure that a kill falls into it.</summary>
/// <param name="Name">As reports call it.</param>
/// <param name="Points">The process dies at one of these; none: it is killed from outside, at any moment.</param>
/// <param name="Deep">The kill falls a while after the point, into the middle of the work that follows.</param>
/// <param name="Steps">So many steps may pass before the point is reached.</param>
internal sealed record KillPhase(string Name, IReadOnlyList<FaultPoint> Points, bool Deep, int Steps)
{
    /// <summary>Steps between two checkpoints, and between two saved states, while chaos reigns: often, so that both can be hit.</summary>
    public const int CheckpointEvery = 3, SnapshotEvery = 2;

    /// <summary>A run that lives on for so many steps past its due is killed from outside.</summary>
    public const int Grace = 2;

    /// <summary>All phases; together they pass every point at which a process can die.</summary>
    public static readonly IReadOnlyList<KillPhase> All =
    [
        new("sampling", [FaultPoint.Sample], false, 1),
        new("mid-generation", [FaultPoint.Generate], true, 1),
        new("passing a wave on", [FaultPoint.Generated, FaultPoint.Judged, FaultPoint.Scored], false, 1),
        new("writing a blob", [FaultPoint.BlobWrite], false, 1),
        new("between blob and journal", [FaultPoint.BlobNamed], false, 1),
        new("writing the journal", [FaultPoint.Journal], false, 1),
        new("verifying", [FaultPoint.Verify], false, 1),
        new("scoring", [FaultPoint.Score], true, 1),
        new("training", [FaultPoint.Accumulate, FaultPoint.Update], true, 1),
        new("mid-commit", [FaultPoint.Commit, FaultPoint.Committed], false, 1),
        new("mid-checkpoint", [FaultPoint.CheckpointWrite, FaultPoint.CheckpointNamed], false, CheckpointEvery),
        new("mid-snapshot", [FaultPoint.Archive, FaultPoint.Snapshot], false, SnapshotEvery),
        new("recovery", [FaultPoint.Recover, FaultPoint.Sweep, FaultPoint.Retrain], false, 0),
        new("evaluation", [FaultPoint.Evaluate], true, 0),
        new("watching heads", [FaultPoint.Probe], true, 0),
        new("any moment", [], false, 1),
    ];
}
