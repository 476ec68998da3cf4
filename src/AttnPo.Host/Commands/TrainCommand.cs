using System.CommandLine;
using System.Diagnostics;
using AttnPo.Actors.Protocol;
using AttnPo.Actors.Run;
using AttnPo.Host.Control;
using AttnPo.Host.Metrics;
using AttnPo.Host.Progress;
using AttnPo.Host.Settings;
using AttnPo.Host.Training;

namespace AttnPo.Host.Commands;

/// <summary>train: trains, or goes on with the run that the directory holds.</summary>
internal static class TrainCommand
{
    /// <summary>The command.</summary>
    public static Command Create()
    {
        var config = new Option<string>("--config") { Description = "Shipped settings by name, or a file. A run that is there keeps its own.", HelpName = "NAME|FILE" };
        var run = new Option<string>("--run") { Description = "Run directory; one that holds a run is gone on with. Without it runs/NAME.", HelpName = "DIR" };
        var set = new Option<string[]>("--set") { Description = "A setting above those of the file; may be given often.", HelpName = "KEY=VALUE" };
        var fault = new Option<string[]>("--fault")
        {
            Description = "A fault to inject into this start alone, e.g. point=update,after=2,action=crash; may be given often.",
            HelpName = "FAULT",
        };
        fault.Validators.Add(result =>
        {
            foreach (var text in result.GetValueOrDefault<string[]>() ?? [])
                if (FaultSettings.WhyNot(text) is { } reason) result.AddError($"{fault.Name} {text}: {reason}.");
        });
        var fresh = new Option<bool>("--fresh") { Description = "Start anew; refuses a directory that already holds a run." };
        var command = new Command("train", "Trains; a run directory that already holds a run is gone on with.")
        {
            config, run, set, fault, fresh,
        };
        command.SetAction((parsed, cancellation) => RunAsync(
            parsed.GetValue(config), parsed.GetValue(run), parsed.GetValue(set) ?? [], parsed.GetValue(fault) ?? [], parsed.GetValue(fresh),
            parsed.InvocationConfiguration, cancellation));
        return command;
    }

    /// <summary>Trains the embedded default, as no command at all does.</summary>
    public static Task<int> RunDefaultAsync(InvocationConfiguration console, CancellationToken cancellation) =>
        RunAsync(null, null, [], [], fresh: false, console, cancellation);

    private static async Task<int> RunAsync(
        string? config, string? run, string[] assignments, string[] faults, bool fresh,
        InvocationConfiguration console, CancellationToken cancellation)
    {
        var directory = run ?? Path.Combine("runs", SettingsFiles.NameOf(config ?? SettingsFiles.DefaultName));
        var continued = RunFolderSettings.HoldsRun(directory);
        var settings = FaultSettings.Add(RunFolderSettings.Resolve(directory, config, assignments, fresh), faults);
        console.Output.WriteLine($"run {directory}, settings {settings.Hash()[..12]}: {settings.Written("method")} on {settings.Get<string>("model.path")}, "
            + $"{settings.Written("steps")} steps, {settings.Get<string>("device")}, {settings.Written("threads")} threads");
        if (FaultSettings.Announcement(settings) is { } announcement) console.Output.WriteLine(announcement);

        var display = new RunDisplay();
        using var tensorBoard = new TensorBoardProjection(directory);
        using var store = TrainingComposition.Store(settings);
        var setup = TrainingComposition.Compose(settings, directory, store, news =>
        {
            display.Observe(news);
            tensorBoard.Observe(news);
        }, console.Error);

        // A run that begins has its settings before its journal: whatever is killed, the directory says what it holds, and of two
        // processes that begin at once one writes them. A run that is gone on with may belong to another process until the start
        // below holds it.
        if (!continued) RunFolderSettings.Begin(directory, settings);
        RunOutcome outcome;
        var clock = Stopwatch.StartNew();
        await using (var training = TrainingRun.Start(setup))
        {
            if (continued) RunFolderSettings.Renew(directory, settings);
            await using var control = await ControlEndpoint.StartAsync(directory, Controls(training));
            await using var stop = cancellation.Register(() => _ = training.StopAsync());
            var following = display.FollowAsync(console.Output);
            outcome = await training.Completion;
            display.Complete();
            await following;
        }

        return End(outcome, directory, clock.Elapsed, console, cancellation);
    }

    private static int End(RunOutcome outcome, string directory, TimeSpan elapsed, InvocationConfiguration console, CancellationToken cancellation)
    {
        switch (outcome.End)
        {
            case RunEnd.Refused:
                throw new SettingsException(outcome.Message);
            case RunEnd.Failed:
                throw new WorkFailedException(outcome.Message);
            case RunEnd.Stopped:
                console.Output.WriteLine($"stopped after step {outcome.Step}{Waves(outcome)}; attnpo train --run {directory} "
                    + (outcome.IsPaused ? $"starts it paused, attnpo resume {directory} then goes on" : "goes on"));
                return cancellation.IsCancellationRequested ? ExitCode.Interrupted : ExitCode.Done;
            default:
                foreach (var line in RunSummary.Lines(directory)) console.Output.WriteLine(line);
                console.Output.WriteLine($"time:        {RunFigures.Readable(elapsed)}");
                return ExitCode.Done;
        }
    }

    private static string Waves(RunOutcome outcome) => outcome.WavesInLedger == 0 ? "" : $", with {outcome.WavesInLedger} waves of the next in the ledger";

    private static RunControls Controls(TrainingRun training) => new()
    {
        Status = async token => StatusObject.Members(await training.StatusAsync(token), live: true),
        Pause = training.PauseAsync,
        Resume = training.ResumeAsync,
        Checkpoint = training.CheckpointAsync,
        Stop = _ =>
        {
            // Its end is not waited for: whoever asks sees it by the endpoint's.
            training.StopAsync();
            return Task.FromResult(new RunProtocol.RunReply(true, "stopping: the waves in flight end first"));
        },
    };
}
