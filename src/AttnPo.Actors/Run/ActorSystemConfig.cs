using Akka.Configuration;
using Akka.Persistence.Sql;
using LinqToDB;

namespace AttnPo.Actors.Run;

/// <summary>The actor system's configuration, built from settings.</summary>
internal static class ActorSystemConfig
{
    /// <param name="journal">Where the journal is.</param>
    /// <param name="directory">Of the run.</param>
    /// <param name="logLevel">Of Akka: DEBUG, INFO, WARNING, ERROR, OFF.</param>
    public static Config Build(JournalSettings journal, string directory, string logLevel)
    {
        var (provider, connection) = journal.Provider switch
        {
            JournalProvider.Sqlite => (ProviderName.SQLiteMS, journal.ConnectionString is { Length: > 0 } given
                ? given
                : $"Data Source={Path.Combine(directory, "journal.db")}"),
            JournalProvider.PostgreSql when journal.ConnectionString.Length > 0 => (ProviderName.PostgreSQL15, journal.ConnectionString),
            _ => throw new ArgumentException($"A journal on {journal.Provider} needs a connection string.", nameof(journal)),
        };
        return ConfigurationFactory.ParseString(
            $$"""
            {{RunLogger.FileKey}} = "{{Escape(Path.Combine(directory, "log", "attnpo.log"))}}"
            akka {
              loglevel = {{logLevel}}
              loggers = ["{{typeof(RunLogger).FullName}}, {{typeof(RunLogger).Assembly.GetName().Name}}"]
              stdout-loglevel = OFF
              # What a stage sends to one that has just been restarted is late, not lost: the step is begun again.
              log-dead-letters = off
              log-dead-letters-during-shutdown = off
              # The host catches the signals that end the process and drains the run first.
              coordinated-shutdown {
                run-by-clr-shutdown-hook = off
                exit-clr = off
              }
              actor {
                # Every actor runs on the default dispatcher: none blocks it. Engine calls have threads of their own, the journal its plugin's.
                serializers.attnpo-run-event = "{{typeof(RunEventSerializer).FullName}}, {{typeof(RunEventSerializer).Assembly.GetName().Name}}"
                serialization-bindings {
                  "{{typeof(IRunEvent).FullName}}, {{typeof(IRunEvent).Assembly.GetName().Name}}" = attnpo-run-event
                }
              }
              persistence {
                # No snapshots: the state is read from few and small events.
                journal {
                  plugin = "akka.persistence.journal.sql"
                  sql {
                    connection-string = "{{Escape(connection)}}"
                    provider-name = "{{provider}}"
                    auto-initialize = on
                  }
                }
              }
            }
            """).WithFallback(SqlPersistence.DefaultConfiguration);
    }

    private static string Escape(string text) => text.Replace("\\", "\\\\", StringComparison.Ordinal).Replace("\"", "\\\"", StringComparison.Ordinal);
}
