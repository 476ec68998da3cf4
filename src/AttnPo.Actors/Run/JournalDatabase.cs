using System.Net.Sockets;
using Microsoft.Data.Sqlite;
using Npgsql;

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
    /// Opens the database once before the journal does: the journal would only wait for its own recovery in vain, and say after half a
    /// minute that it waited, not why. No message holds a password.
    /// </summary>
    /// <exception cref="IOException">It cannot be opened, or is no database.</exception>
    public static void Check(JournalSettings journal, string directory)
    {
        var text = ConnectionString(journal, directory);
        if (journal.Provider == JournalProvider.Sqlite) CheckFile(text);
        else CheckServer(text);
    }

    private static void CheckFile(string text)
    {
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

    private static void CheckServer(string text)
    {
        var server = new NpgsqlConnectionStringBuilder(text);
        try
        {
            using var connection = new NpgsqlConnection(text);
            connection.Open();
        }
        catch (Exception fault) when (fault is NpgsqlException or TimeoutException or SocketException)
        {
            throw new IOException(
                $"The journal's server ({server.Host}:{server.Port}, database {server.Database}) cannot be used: {fault.Message}."
                + " See that it runs and that user and password are right, and start the same command again.",
                fault);
        }
    }
}
