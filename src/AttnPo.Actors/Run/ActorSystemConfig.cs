using Akka.Configuration;
using Akka.Persistence.Sql;
using AttnPo.Actors.Faults;
using LinqToDB;

namespace AttnPo.Actors.Run;

/// <summary>The actor system's configuration, built from settings.</summary>
internal static class ActorSystemConfig
{
    /// <param name="journal">Where the journal is.</param>
    /// <param name="directory">Of the run.</param>
    /// <param name="logLevel">Of Akka: DEBUG, INFO, WARNING, ERROR, OFF.</param>
    /// <param name="faults">Where one waits at the journal, that is a <see cref="FaultyJournal"/>; it asks the system for the plan.</param>
    public static Config Build(JournalSettings journal, string directory, string logLevel, FaultPlan? faults = null)
    {
        var provider = journal.Provider == JournalProvider.Sqlite ? ProviderName.SQLiteMS : ProviderName.PostgreSQL15;
        var connection = JournalDatabase.ConnectionString(journal, directory);
        var config = ConfigurationFactory.ParseString(
            $$"""
            {{RunLogger.FileKey}} = "{{Escape(Path.Combine(directory, "log", "attnpo.log"))}}"
            akka {
              # The console belongs to the host.
              loggers = ["{{NameOf(typeof(RunLogger))}}"]
              loglevel = {{logLevel}}
              stdout-loglevel = OFF
              stdout-logger-class = "{{NameOf(typeof(NoConsole))}}"
              # What a stage sends to one that has just been restarted is late, not lost: the step is begun again.
              log-dead-letters = off
              log-dead-letters-during-shutdown = off
              # The host catches the signals that end the process and drains the run first.
              # A run waits for seconds, not for milliseconds: a paused one should hardly wake at all.
              scheduler.tick-duration = 100ms
              coordinated-shutdown {
                run-by-clr-shutdown-hook = off
                exit-clr = off
              }
              actor {
                # Every actor runs on the default dispatcher: none blocks it. Engine calls have threads of their own, the journal its plugin's.
                serializers.attnpo-run-event = "{{NameOf(typeof(RunEventSerializer))}}"
                serialization-bindings {
                  "{{NameOf(typeof(RunEvent))}}" = attnpo-run-event
                  "{{NameOf(typeof(RunSnapshot))}}" = attnpo-run-event
                }
              }
              persistence {
                # Snapshots bound the journal and the time of a start.
                journal {
                  plugin = "akka.persistence.journal.sql"
                  sql {
                    connection-string = "{{Escape(connection)}}"
                    provider-name = "{{provider}}"
                    auto-initialize = on
                  }
                }
                snapshot-store {
                  plugin = "akka.persistence.snapshot-store.sql"
                  sql {
                    connection-string = "{{Escape(connection)}}"
                    provider-name = "{{provider}}"
                    auto-initialize = on
                  }
                }
              }
            }
            """).WithFallback(SqlPersistence.DefaultConfiguration);
        if (faults is null || !faults.Has(FaultPoint.Journal)) return config;
        return ConfigurationFactory.ParseString($"akka.persistence.journal.sql.class = \"{NameOf(typeof(FaultyJournal))}\"")
            .WithFallback(config);
    }

    private static string NameOf(Type type) => $"{type.FullName}, {type.Assembly.GetName().Name}";

    private static string Escape(string text) => text.Replace("\\", "\\\\", StringComparison.Ordinal).Replace("\"", "\\\"", StringComparison.Ordinal);
}
