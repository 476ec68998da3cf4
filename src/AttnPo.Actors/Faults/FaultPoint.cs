namespace AttnPo.Actors.Faults;

/// <summary>
/// A named place on the way of a run at which a fault can be injected. Settings name it in lower case with hyphens: blob-write.
/// Each is passed where its comment says, whether or not a fault waits there.
/// </summary>
public enum FaultPoint
{
    /// <summary>A wave of prompts is about to be sent down.</summary>
    Sample,

    /// <summary>The engine is about to decode a wave.</summary>
    Generate,

    /// <summary>A generated wave is about to be passed on.</summary>
    Generated,

    /// <summary>A wave is about to be verified.</summary>
    Verify,

    /// <summary>A verified wave is about to be passed on.</summary>
    Judged,

    /// <summary>Attention is about to be read, in the pass that trains.</summary>
    Score,

    /// <summary>A wave is about to be passed on, with what is to be read of its attention.</summary>
    Scored,

    /// <summary>A gradient is about to be added.</summary>
    Accumulate,

    /// <summary>The optimizer's update is about to be made.</summary>
    Update,

    /// <summary>A blob's content lies aside, half or fully written, and has no name yet.</summary>
    BlobWrite,

    /// <summary>A blob has its name; the journal does not know it yet.</summary>
    BlobNamed,

    /// <summary>A step's commit is about to be journaled.</summary>
    Commit,

    /// <summary>A step's commit is journaled, and nothing else has happened since.</summary>
    Committed,

    /// <summary>A checkpoint lies aside.</summary>
    CheckpointWrite,

    /// <summary>A checkpoint has its name; it is not journaled.</summary>
    CheckpointNamed,

    /// <summary>Events lie in the archive; the snapshot is not saved.</summary>
    Archive,

    /// <summary>A snapshot is saved; the journal is not pruned yet.</summary>
    Snapshot,

    /// <summary>An event is read back from the journal.</summary>
    Recover,

    /// <summary>A step of the ledger is about to be trained again.</summary>
    Retrain,

    /// <summary>The folder is about to be swept at a start.</summary>
    Sweep,

    /// <summary>A held-out wave is about to be decoded.</summary>
    Evaluate,

    /// <summary>The probe set is about to be scored, to see whether the heads stay what they were.</summary>
    Probe,

    /// <summary>The journal is about to write.</summary>
    Journal,
}
