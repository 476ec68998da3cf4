using System.Globalization;
using Akka.Actor;
using Akka.Dispatch;
using Akka.Event;

namespace AttnPo.Actors.Run;

/// <summary>
/// Writes the actor system's log into the run's directory: the console belongs to the run's progress. A line is handed to the system
/// at once, so that the last ones are there whatever the process dies of.
/// </summary>
internal sealed class RunLogger : ReceiveActor, IRequiresMessageQueue<ILoggerMessageQueueSemantics>
{
    /// <summary>Key of the configuration that names the file.</summary>
    public const string FileKey = "attnpo.log-file";

    private readonly StreamWriter _file;

    public RunLogger()
    {
        var path = Context.System.Settings.Config.GetString(FileKey);
        Directory.CreateDirectory(Path.GetDirectoryName(path)!);
        _file = new StreamWriter(new FileStream(path, FileMode.Append, FileAccess.Write, FileShare.ReadWrite)) { AutoFlush = true };
        Receive<InitializeLogger>(_ => Sender.Tell(new LoggerInitialized()));
        Receive<LogEvent>(Write);
    }

    protected override void PostStop() => _file.Dispose();

    private void Write(LogEvent entry)
    {
        var level = entry.LogLevel().ToString().Replace("Level", "", StringComparison.Ordinal).ToUpperInvariant();
        _file.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{entry.Timestamp:yyyy-MM-ddTHH:mm:ss.fffZ} {level} {entry.LogSource}: {entry.Message}"));
        if (entry.Cause is not null) _file.WriteLine(entry.Cause);
    }
}

/// <summary>Takes the place of the logger that an actor system writes to the console with while it starts and ends.</summary>
internal sealed class NoConsole : MinimalLogger
{
    protected override void Log(object message)
    {
        // The console belongs to the run's progress.
    }
}
