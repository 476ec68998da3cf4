namespace AttnPo.Actors.Run;

/// <summary>An event of a run in its place.</summary>
/// <param name="Sequence">Place in the run's journal, from 1, without gaps.</param>
/// <param name="Happened">The event.</param>
public sealed record LedgerEvent(long Sequence, RunEvent Happened)
{
    /// <summary>The name of its kind, as journal and archive have it without the number of its form: step-committed.</summary>
    public string Kind => RunEventSerializer.KindOf(Happened).Split('/')[0];

    /// <summary>The event as JSON, with the members' names that the journal has.</summary>
    public byte[] ToJson() => RunEventSerializer.Write(Happened);
}
