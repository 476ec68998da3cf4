using AttnPo.Actors.Run;
using Microsoft.Data.Sqlite;

namespace AttnPo.Actors.Tests.Fakes;

/// <summary>The tables of a run's journal.db as they lie on disk.</summary>
internal static class SqliteJournal
{
    /// <summary>Events in order with their sequence numbers; the journal keeps the last one that it was rid of as a mark, which is none.</summary>
    public static IReadOnlyList<(long Sequence, RunEvent Event)> Events(string directory) =>
        [.. Rows(directory, "SELECT sequence_number, manifest, message FROM journal WHERE deleted = 0 ORDER BY sequence_number")
            .Select(row => (row.Sequence, (RunEvent)RunEventSerializer.Read(row.Content, row.Manifest)))];

    /// <summary>Saved states with the sequence number of the last event that each holds.</summary>
    public static IReadOnlyList<(long Sequence, RunSnapshot Saved)> SavedStates(string directory) =>
        [.. Rows(directory, "SELECT sequence_number, manifest, snapshot FROM snapshot ORDER BY sequence_number")
            .Select(row => (row.Sequence, (RunSnapshot)RunEventSerializer.Read(row.Content, row.Manifest)))];

    /// <summary>Rows of the journal's table, marks included.</summary>
    public static int RowsOf(string directory, string table) => Rows(directory, $"SELECT 0, '', x'' FROM {table}").Count;

    private static List<(long Sequence, string Manifest, byte[] Content)> Rows(string directory, string query)
    {
        var source = new SqliteConnectionStringBuilder { DataSource = Path.Combine(directory, "journal.db"), Mode = SqliteOpenMode.ReadOnly, Pooling = false };
        using var connection = new SqliteConnection(source.ToString());
        connection.Open();
        using var command = connection.CreateCommand();
        command.CommandText = query;
        using var reader = command.ExecuteReader();
        var rows = new List<(long, string, byte[])>();
        while (reader.Read()) rows.Add((reader.GetInt64(0), reader.GetString(1), (byte[])reader[2]));
        return rows;
    }
}
