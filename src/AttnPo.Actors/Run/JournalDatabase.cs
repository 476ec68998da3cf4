using Microsoft.Data.Sqlite;

namespace AttnPo.Actors.Run;

/// <summary>The database under the journal.</summary>
internal static class JournalDatabase
{
    /// <summary>How to reach it.</summary>
    public static string ConnectionString(JournalSettings journal, string directory) => journal switch
    {
        { ConnectionString.Length: > 0 } => journal.ConnectionString,
        { Provider: JournalProvider.Sqlite } => new SqliteConnectionStringBuilder { DataSource = Path.Combine(directory, "journal.db") }.ToString(),
        _ => throw new ArgumentException($"A journal on {journal.Provider} needs a connection string.", nameof(journal)),
    };

    /// <summary>
    /// Opens a database file once before the journal does: the journal would only wait for its own recovery in vain, and say so after
    /// half a minute. A server is left to the journal, which knows how to wait for one.
    /// </summary>
    /// <exception cref="IOException">It cannot be opened, or is no database.</exception>
    public static void Check(JournalSettings journal, string directory)
    {
        if (journal.Provider != JournalProvider.Sqlite) return;
        var text = ConnectionString(journal, directory);
        try
        {
            using var connection = new SqliteConnection(text);
            connection.Open();
            using var query = connection.CreateCommand();
            query.CommandText = "SELECT count(*) FROM sqlite_master";
            query.ExecuteScalar();
        }
        catch (Exception fault) when (fault is SqliteException or ArgumentException)
        {
            throw new IOException($"The journal ({text}) cannot be opened: {fault.Message}", fault);
        }
    }
}
