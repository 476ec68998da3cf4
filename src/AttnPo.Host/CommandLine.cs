using System.CommandLine;
using AttnPo.Host.Commands;
using AttnPo.Host.Settings;

namespace AttnPo.Host;

/// <summary>The root of the command line: which commands there are, and how their ends become exit codes.</summary>
internal static class CommandLine
{
    // A prompt may begin with '@' or '-': no response files, no bundled options.
    private static readonly ParserConfiguration Plain = new() { ResponseFileTokenReplacer = null, EnablePosixBundling = false };

    /// <summary>The command tree.</summary>
    public static RootCommand Build()
    {
        var root = new RootCommand("AttnPo makes a reasoning model think shorter without thinking worse. Without a command it trains the embedded default.")
        {
            TrainCommand.Create(),
            GenerateCommand.Create(),
            EvalCommand.Create(),
            ScoreCommand.Create(),
            ProbeCommand.Create(),
            SegmentCommand.Create(),
            GradeCommand.Create(),
            TokenizeCommand.Create(),
            StatusCommand.Create(),
            LedgerCommand.Create(),
            ControlCommands.Pause(),
            ControlCommands.Resume(),
            ControlCommands.Stop(),
            ControlCommands.Checkpoint(),
            DoctorCommand.Create(),
            WarmupCommand.Create(),
            ExportCommand.Create(),
            CompareCommand.Create(),
            ChaosCommand.Create(),
            BenchCommand.Create(),
        };
        root.SetAction((parsed, cancellation) => TrainCommand.RunDefaultAsync(parsed.InvocationConfiguration, cancellation));
        return root;
    }

    /// <summary>Parses and runs; no exception leaves it.</summary>
    public static async Task<int> RunAsync(string[] args, TextWriter output, TextWriter error)
    {
        var parsed = Build().Parse(args, Plain);
        if (parsed.Errors.Count > 0)
        {
            var command = string.Join(' ', Path(parsed.CommandResult.Command));
            error.WriteLine($"{command}: {OneLine(parsed.Errors[0].Message)} See {command} --help.");
            return ExitCode.WrongArguments;
        }

        using var interruption = new Interruption(error);
        try
        {
            return await parsed.InvokeAsync(
                new() { EnableDefaultExceptionHandler = false, ProcessTerminationTimeout = null, Output = output, Error = error }, interruption.Token);
        }
        catch (OperationCanceledException) when (interruption.Token.IsCancellationRequested)
        {
            return ExitCode.Interrupted;
        }
        catch (Exception e)
        {
            return Report(e, error);
        }

        IEnumerable<string> Path(Command command) =>
            command is RootCommand ? ["attnpo"] : [.. command.Parents.OfType<Command>().SelectMany(Path), command.Name];
    }

    private static string OneLine(string text) => string.Join(' ', text.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries));

    private static int Report(Exception e, TextWriter error)
    {
        var cause = e is AggregateException or TypeInitializationException && e.InnerException is not null ? e.InnerException : e;
        var message = cause switch
        {
            SettingsException or WorkFailedException => cause.Message,
            DllNotFoundException or BadImageFormatException => $"a native library cannot be loaded: {cause.Message} Run attnpo doctor.",
            IOException or UnauthorizedAccessException or InvalidDataException => cause.Message,
            OutOfMemoryException => "memory is exhausted; use smaller waves (rollout.waves-per-step) or shorter responses (rollout.max-new-tokens)",
            _ => $"unexpected {cause.GetType().Name}: {cause.Message} Set ATTNPO_TRACE=1 to see where.",
        };
        error.WriteLine("attnpo: " + OneLine(message));
        if (Environment.GetEnvironmentVariable("ATTNPO_TRACE") == "1") error.WriteLine(e);
        return cause is SettingsException ? ExitCode.WrongArguments : ExitCode.Failed;
    }
}
