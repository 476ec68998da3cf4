using System.Collections.Immutable;
using Akka.Persistence;
using Akka.Persistence.Sql.Journal;
using Config = Akka.Configuration.Config;

namespace AttnPo.Actors.Faults;

/// <summary>
/// The SQL journal with <see cref="FaultPoint.Journal"/> before each write. Takes the journal's place only where a fault waits there;
/// the plan comes from the actor system, for Akka makes journals by their name. A write that fails here fails to its actor like one
/// that the database refused: nothing of it is written.
/// </summary>
internal sealed class FaultyJournal : SqlWriteJournal
{
    private readonly FaultPlan _faults;

    /// <summary>Made by Akka.</summary>
    public FaultyJournal(Config configuration)
        : base(configuration) => _faults = JournalFaults.Of(Context.System);

    /// <inheritdoc/>
    protected override async Task<IImmutableList<Exception>> WriteMessagesAsync(
        IEnumerable<AtomicWrite> messages, CancellationToken cancellationToken)
    {
        _faults.Pass(FaultPoint.Journal);
        return await base.WriteMessagesAsync(messages, cancellationToken).ConfigureAwait(false);
    }
}
