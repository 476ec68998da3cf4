using Microsoft.Data.Sqlite;

namespace AttnPo.Actors.Run;

/// <summary>
/// Reads a database file that may be another process's at this moment, and never writes to it: opened for reading alone, a reader
/// holds the writer up for no longer than its query takes.
/// </summary>
internal static class JournalFile
{
    private const int ReadOnly = 8;
    private const int Attempts = 5;

    /// <summary>What <paramref name="read"/> makes of a connection to it; default where there is no file.</summary>
    public static T? Read<T>(string connectionString, Func<SqliteConnection, T> read)
    {
        var parts = new SqliteConnectionStringBuilder(connectionString) { Mode = SqliteOpenMode.ReadOnly, Pooling = false };
        if (!File.Exists(parts.DataSource)) return default;
        for (var attempt = 1; ; attempt++)
        {
            try
            {
                using var connection = new SqliteConnection(parts.ToString());
                return read(connection);
            }
            catch (SqliteException fault) when (fault.SqliteErrorCode == ReadOnly && attempt < Attempts)
            {
                // A process was killed in the midst of a transaction, and nobody who may write has opened the file since: what it left
                // half-way is taken back in a copy.
                if (TryReadCopy(parts.DataSource, read, out var result)) return result;
            }
        }
    }

    private static bool TryReadCopy<T>(string file, Func<SqliteConnection, T> read, out T? result)
    {
        const string Undo = "-journal";
        result = default;
        var aside = Directory.CreateTempSubdirectory("attnpo-ledger-");
        try
        {
            var copy = Path.Combine(aside.FullName, "journal.db");
            var before = Stamp(file + Undo);
            try
            {
                File.Copy(file + Undo, copy + Undo);
                File.Copy(file, copy);
            }
            catch (FileNotFoundException)
            {
                return false;
            }
            // A process that opens the file for writing first takes back what was left half-way, and with it goes the undo file: as long
            // as that is the same, the two copies belong together.
            if (Stamp(file + Undo) != before) return false;
            var parts = new SqliteConnectionStringBuilder { DataSource = copy, Pooling = false };
            using var connection = new SqliteConnection(parts.ToString());
            result = read(connection);
            return true;
        }
        finally
        {
            aside.Delete(recursive: true);
        }
    }

    private static (bool Exists, long Bytes, DateTime Written) Stamp(string path) =>
        new FileInfo(path) is { Exists: true } file ? (true, file.Length, file.LastWriteTimeUtc) : default;
}
