using System.Data.Common;
using Microsoft.Data.Sqlite;
using Npgsql;

namespace AttnPo.Host.Settings;

/// <summary>
/// The journal's connection string. It is written beside the run and shown where settings differ, so no password may stand in it:
/// a server's comes from the environment.
/// </summary>
internal static class JournalConnection
{
    /// <summary>The environment variable that holds the password; the driver itself reads PGPASSWORD where it is not set.</summary>
    public const string PasswordVariable = "ATTNPO_JOURNAL_PASSWORD";

    private const string Key = "journal.connection-string";

    /// <summary>Refuses a string that the provider cannot read or that holds a password. No message quotes the string.</summary>
    public static void Check(ResolvedSettings settings)
    {
        var text = settings.Get<string>(Key);
        var server = settings.Get<string>("journal.provider") == "postgresql";
        if (text.Length == 0 && !server) return;
        if (text.Length == 0) throw Fault("empty where the address of a server was expected, since journal.provider = postgresql");
        DbConnectionStringBuilder parts;
        try
        {
            parts = server ? new NpgsqlConnectionStringBuilder(text) : new SqliteConnectionStringBuilder(text);
        }
        catch (Exception e) when (e is ArgumentException or FormatException or OverflowException)
        {
            throw Fault($"not a connection string of {settings.Get<string>("journal.provider")}");
        }

        if (parts.Keys.Cast<string>().Any(key => key.Contains("password", StringComparison.OrdinalIgnoreCase) && $"{parts[key]}".Length > 0))
            throw Fault($"holds a password, which would be written beside the run; put it into the environment variable {PasswordVariable}");

        SettingsException Fault(string problem) => SettingsException.ForKey(settings.SourceOf(Key), Key, problem);
    }

    /// <summary>The string that opens the journal, with the environment's password where there is one.</summary>
    public static string Complete(ResolvedSettings settings)
    {
        var text = settings.Get<string>(Key);
        return settings.Get<string>("journal.provider") == "postgresql" && Environment.GetEnvironmentVariable(PasswordVariable) is { Length: > 0 } password
            ? new NpgsqlConnectionStringBuilder(text) { Password = password }.ConnectionString
            : text;
    }
}
