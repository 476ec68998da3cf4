using System.CommandLine;
using AttnPo.Actors.Run;
using AttnPo.Host.Control;

namespace AttnPo.Host.Commands;

/// <summary>pause, resume, stop, checkpoint: what can be asked of a live run.</summary>
internal static class ControlCommands
{
    /// <summary>pause: drains the run; ends when it stands still.</summary>
    public static Command Pause() => WithWait(
        ControlVerbs.Pause,
        "Pauses a run: the waves in flight end and are journaled. A paused run stays paused, also when it is started again.",
        async (directory, output, cancellation) =>
        {
            var wait = new LiveRun(directory);
            await AskAsync(directory, ControlVerbs.Pause, cancellation);
            if (!await wait.IsPausedAsync(cancellation)) output.WriteLine("pausing: the waves in flight end first");
            try
            {
                output.WriteLine($"paused after step {await wait.UntilPausedAsync(cancellation)}");
            }
            catch (OperationCanceledException)
            {
                output.WriteLine($"the run goes on to its pause; attnpo status {directory} says how far it is");
                throw;
            }
        });

    /// <summary>resume: goes on after a pause.</summary>
    public static Command Resume() => Plain(ControlVerbs.Resume, "Goes on with a paused run.");

    /// <summary>stop: drains the run and ends it; ends when the run is gone.</summary>
    public static Command Stop() => WithWait(
        ControlVerbs.Stop, "Ends a run: the waves in flight end and are journaled. attnpo train goes on with it.",
        async (directory, output, cancellation) =>
        {
            var wait = new LiveRun(directory);
            await AskAsync(directory, ControlVerbs.Stop, cancellation);
            output.WriteLine("stopping: the waves in flight end first");
            try
            {
                var step = await wait.UntilGoneAsync(cancellation);
                output.WriteLine($"stopped after step {step}; attnpo train --run {directory} goes on");
            }
            catch (OperationCanceledException)
            {
                output.WriteLine($"the run goes on to its end; attnpo status {directory} says how far it is");
                throw;
            }
        });

    /// <summary>checkpoint: writes a full checkpoint now.</summary>
    public static Command Checkpoint() => Plain(ControlVerbs.Checkpoint, "Writes a full checkpoint of a live run and says where it lies.");

    private static Command Plain(string verb, string description)
    {
        var run = RunArgument.Create();
        var command = new Command(verb, description) { run };
        command.SetAction(async (parsed, cancellation) =>
        {
            parsed.InvocationConfiguration.Output.WriteLine(await AskAsync(parsed.RequiredRun(run), verb, cancellation));
            return ExitCode.Done;
        });
        return command;
    }

    private static Command WithWait(string verb, string description, Func<string, TextWriter, CancellationToken, Task> askAndWait)
    {
        var run = RunArgument.Create();
        var noWait = new Option<bool>("--no-wait") { Description = "Return as soon as the run has been told." };
        var command = new Command(verb, description) { run, noWait };
        command.SetAction(async (parsed, cancellation) =>
        {
            var (directory, output) = (parsed.RequiredRun(run), parsed.InvocationConfiguration.Output);
            if (parsed.GetValue(noWait)) output.WriteLine(await AskAsync(directory, verb, cancellation));
            else await askAndWait(directory, output, cancellation);
            return ExitCode.Done;
        });
        return command;
    }

    /// <summary>Asks; the reply's message.</summary>
    /// <exception cref="WorkFailedException">No run is live there, or it refuses.</exception>
    private static async Task<string> AskAsync(string directory, string verb, CancellationToken cancellation)
    {
        var reply = await ControlClient.AskAsync(directory, verb, cancellation);
        if (reply is null)
            throw new WorkFailedException(TrainingRun.IsUnderWay(directory)
                ? $"{directory}: the run is starting or ending and cannot be asked just now; try again in a moment"
                : $"{directory}: not running; attnpo train --run {directory} starts it");
        return reply.Done ? reply.Message : throw new WorkFailedException($"{directory}: {reply.Message}");
    }
}
