namespace AttnPo.Actors.Run;

/// <summary>Which database holds the journal.</summary>
public enum JournalProvider
{
    /// <summary>A file; one machine.</summary>
    Sqlite,

    /// <summary>A server; several machines.</summary>
    PostgreSql,
}

/// <summary>Where the journal is.</summary>
public sealed record JournalSettings
{
    /// <summary>The database. Default: SQLite, which needs nothing set up.</summary>
    public JournalProvider Provider { get; init; } = JournalProvider.Sqlite;

    /// <summary>How to reach it. Default: empty, for SQLite journal.db in the run directory; any other database needs one.</summary>
    public string ConnectionString { get; init; } = "";
}
