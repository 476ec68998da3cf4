using System.Diagnostics;
using System.Globalization;
using System.Text.Json;
using System.Text.RegularExpressions;
using Xunit;

namespace AttnPo.EndToEnd.Tests;

/// <summary>Runs of the real executable that are paused, resumed and given checkpoints as users do it.</summary>
public sealed partial class PauseTests : IDisposable
{
    // So many that no machine comes to the end between two pauses.
    private const int Steps = 12;

    private static readonly string[] Small = ["evaluation.prompts=16", "rollout.prompts-per-step=4", "threads=1"];

    // Long enough to tell work from idleness, and for a run that does not stand still to commit a step or more.
    private static readonly TimeSpan AWhile = TimeSpan.FromSeconds(3);

    private readonly RunFolder _folder = new();

    private readonly List<Process> _started = [];

    /// <summary>A run that a failed test has left in its pause would stay for ever.</summary>
    public void Dispose()
    {
        foreach (var run in _started)
        {
            if (!run.HasExited) run.Kill();
            run.WaitForExit();
            run.Dispose();
        }
        _folder.Dispose();
    }

    [Fact]
    [Trait("Contract", "C3")]
    [Trait("Contract", "C7")]
    public async Task C7_a_run_that_is_paused_at_random_moments_and_killed_in_a_pause_stays_paused_until_it_is_resumed_and_ends_like_one_left_alone()
    {
        using var alone = new RunFolder();
        await Executable.DoneAsync(alone.Train(Steps, Small));
        var random = new Random(7);

        var run = await BeginAsync();
        await PauseAsync(random);
        for (var again = 0; again < 2; again++)
        {
            await ResumeAsync();
            await PauseAsync(random);
        }
        await AssertStandsStillAsync(run);
        run.Kill();
        await run.WaitForExitAsync();
        Assert.Equal(Executable.Killed, run.ExitCode);

        var committed = _folder.TimelessMetrics();
        run = await BeginAsync();
        await RunFolder.WaitAsync(async () => await StateAsync() == "paused", run);
        await AssertStandsStillAsync(run);
        Assert.Equal(committed, _folder.TimelessMetrics());

        await ResumeAsync();
        await PauseAsync(random);
        await ResumeAsync();
        var (code, _, error) = await Executable.EndAsync(run);
        Assert.True(code == 0, error);
        Assert.Equal(alone.CheckpointHashes(Steps), _folder.CheckpointHashes(Steps));
        Assert.Equal(alone.TimelessMetrics(), _folder.TimelessMetrics());
    }

    [Fact]
    [Trait("Contract", "C7")]
    public async Task A_checkpoint_that_is_asked_for_holds_the_committed_step_and_its_model_loads_whether_the_run_goes_on_or_stands_still()
    {
        var run = await BeginAsync();
        await RunFolder.WaitAsync(() => _folder.Committed >= 1, run);
        var (live, step) = await CheckpointAsync();
        Assert.InRange(step, 1, Steps - 1);
        await RunFolder.WaitAsync(() => _folder.Committed > step, run);

        await Executable.DoneAsync("pause", _folder.Path);
        var (still, last) = await CheckpointAsync();
        Assert.Equal(_folder.Committed, last);
        Assert.Equal("paused", await StateAsync());

        foreach (var model in new[] { live, still })
            await Executable.DoneAsync("generate", "--model", model, "--prompt", "a=6; b:=a+5; ?b", "--greedy", "--max-new", "8");
        await Executable.DoneAsync("stop", _folder.Path);
        Assert.Equal(0, (await Executable.EndAsync(run)).Code);
    }

    /// <summary>Starts the run, or starts it again, and waits until it can be spoken to.</summary>
    private async Task<Process> BeginAsync()
    {
        // A process that was killed has left its own.
        var control = Path.Combine(_folder.Path, "control.json");
        if (File.Exists(control)) File.Delete(control);
        var run = Executable.Start(_folder.Train(Steps, Small));
        _started.Add(run);
        await RunFolder.WaitAsync(() => File.Exists(control), run);
        return run;
    }

    private Task ResumeAsync() => Executable.DoneAsync("resume", _folder.Path);

    /// <summary>Pauses the run at some moment of the next half second.</summary>
    private async Task PauseAsync(Random random)
    {
        await Task.Delay(random.Next(500));
        Assert.Contains("paused after step", await Executable.DoneAsync("pause", _folder.Path), StringComparison.Ordinal);
        Assert.Equal("paused", await StateAsync());
        Assert.InRange(_folder.Committed, 0, Steps - 1);
    }

    /// <summary>Nothing is committed for a while, and the process comes to have next to nothing to do.</summary>
    private async Task AssertStandsStillAsync(Process run)
    {
        var before = _folder.TimelessMetrics();
        // The runtime uses the first idle moments to compile again what was called often.
        var share = 1.0;
        for (var look = 0; look < 10 && share >= 0.2; look++)
        {
            var (clock, used) = (Stopwatch.StartNew(), ProcessorTime(run));
            await Task.Delay(AWhile);
            share = (ProcessorTime(run) - used) / clock.Elapsed;
        }
        Assert.Equal(before, _folder.TimelessMetrics());
        Assert.Equal("paused", await StateAsync());
        Assert.True(share < 0.2, $"A paused run takes {share:P0} of a core.");
    }

    private static TimeSpan ProcessorTime(Process run)
    {
        run.Refresh();
        return run.TotalProcessorTime;
    }

    private async Task<string?> StateAsync()
    {
        using var status = JsonDocument.Parse(await Executable.DoneAsync("status", _folder.Path, "--json"));
        // A run that is just starting does not answer; what is said of it then has no state.
        return status.RootElement.TryGetProperty("state", out var state) ? state.GetString() : null;
    }

    /// <summary>Asks for a checkpoint; its folder, and the step that it is said to hold.</summary>
    private async Task<(string Folder, int Step)> CheckpointAsync()
    {
        var reply = Reply().Match(await Executable.DoneAsync("checkpoint", _folder.Path));
        Assert.True(reply.Success);
        var (step, path) = (int.Parse(reply.Groups[1].Value, CultureInfo.InvariantCulture), reply.Groups[2].Value);
        Assert.Equal(Path.Combine(_folder.Path, "checkpoints", $"step-{step:D6}"), path);
        return (path, step);
    }

    [GeneratedRegex(@"^Step (\d+) lies in (.+)\.\s*$")]
    private static partial Regex Reply();
}
