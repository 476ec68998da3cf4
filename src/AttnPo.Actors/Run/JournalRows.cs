using System.Data.Common;
using System.Net.Sockets;
using AttnPo.Actors.Protocol;
using Microsoft.Data.Sqlite;
using Npgsql;

namespace AttnPo.Actors.Run;

/// <summary>
/// What the journal holds of a run, read from outside, while the run may be live. By two SELECTs of one's own rather than by the read
/// journal of Akka.Persistence.Sql: that would start an actor system, read the order of the whole journal again and again, and open
/// the file for writing. The tables are those of Akka.Persistence.Sql's default mapping, the rows' content is this project's own.
/// </summary>
/// <param name="Events">Not pruned, in order.</param>
/// <param name="Saved">The last saved state, with the place of the last event that it contains; null: none is.</param>
internal sealed record JournalRows(IReadOnlyList<ArchivedEvent> Events, ArchivedEvent? Saved)
{
    private static readonly JournalRows None = new([], null);

    /// <summary>Reads them; none where the run has journaled nothing yet.</summary>
    /// <exception cref="IOException">The database cannot be reached or read.</exception>
    public static JournalRows Read(JournalSettings journal, string directory, RunId run)
    {
        var text = JournalDatabase.ConnectionString(journal, directory);
        try
        {
            if (journal.Provider == JournalProvider.Sqlite) return JournalFile.Read(text, connection => Read(connection, run)) ?? None;
            // No pool: a pooled connection would stay open at the server.
            using var server = new NpgsqlConnection(new NpgsqlConnectionStringBuilder(text) { Pooling = false }.ConnectionString);
            return Read(server, run);
        }
        catch (Exception fault) when (fault is DbException or TimeoutException or SocketException)
        {
            throw new IOException($"The run's journal cannot be read: {fault.Message}", fault);
        }
    }

    // Events before the state: what is pruned between the two is in the state, and the archive had it before.
    private static JournalRows Read(DbConnection connection, RunId run)
    {
        connection.Open();
        var events = Query(
            connection, run,
            "SELECT sequence_number, manifest, message FROM journal WHERE persistence_id = @run AND deleted = @no"
            + " ORDER BY sequence_number");
        var saved = Query(
            connection, run,
            "SELECT sequence_number, manifest, snapshot FROM snapshot WHERE persistence_id = @run ORDER BY sequence_number DESC LIMIT 1");
        return new JournalRows(events, saved.Count == 0 ? null : saved[0]);
    }

    private static List<ArchivedEvent> Query(DbConnection connection, RunId run, string text)
    {
        using var query = connection.CreateCommand();
        query.CommandText = text;
        Add("run", RunCoordinator.PersistenceIdOf(run));
        if (text.Contains("@no", StringComparison.Ordinal)) Add("no", false);
        var found = new List<ArchivedEvent>();
        try
        {
            using var rows = query.ExecuteReader();
            while (rows.Read()) found.Add(new ArchivedEvent(rows.GetInt64(0), rows.GetString(1), rows.GetFieldValue<byte[]>(2)));
        }
        catch (DbException fault) when (IsWithoutTable(fault))
        {
            // The run was ended before it had made its tables.
        }
        return found;

        void Add(string name, object value)
        {
            var parameter = query.CreateParameter();
            (parameter.ParameterName, parameter.Value) = (name, value);
            query.Parameters.Add(parameter);
        }
    }

    private static bool IsWithoutTable(DbException fault) => fault is PostgresException { SqlState: PostgresErrorCodes.UndefinedTable }
        || (fault is SqliteException && fault.Message.Contains("no such table", StringComparison.Ordinal));
}
