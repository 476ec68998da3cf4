namespace AttnPo.Actors.Faults;

/// <summary>Which actions a point allows: the one table of it.</summary>
public static class FaultRules
{
    private static readonly FaultPoint[] Sends = [FaultPoint.Sample, FaultPoint.Generated, FaultPoint.Judged, FaultPoint.Scored];
    private static readonly FaultPoint[] Names = [FaultPoint.BlobNamed, FaultPoint.CheckpointNamed];
    private static readonly FaultPoint[] Writes = [FaultPoint.BlobWrite, FaultPoint.CheckpointWrite, FaultPoint.Archive];

    /// <summary>
    /// Whether an action makes sense at a point: a message can be lost only where one is sent, a file be corrupted only where one has
    /// just been named, a disk be full only where something is written. Crash, throw and delay are possible everywhere.
    /// </summary>
    public static bool Allows(FaultPoint point, FaultAction action) => action switch
    {
        FaultAction.Drop => Sends.Contains(point),
        FaultAction.Corrupt => Names.Contains(point),
        FaultAction.DiskFull => Writes.Contains(point),
        _ => true,
    };

    /// <summary>The actions that a point allows.</summary>
    public static IEnumerable<FaultAction> ActionsAt(FaultPoint point) =>
        Enum.GetValues<FaultAction>().Where(action => Allows(point, action));
}
