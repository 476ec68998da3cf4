using System.Diagnostics;
using Xunit;

namespace AttnPo.EndToEnd.Tests;

/// <summary>Runs of the shipped model by the real executable that are ended from outside and started again.</summary>
public sealed class KillAndResumeTests
{
    private const int Steps = 4;

    private static readonly string[] Small = ["evaluation.prompts=16", "threads=1", "checkpoint.keep-last=2"];

    [Fact]
    [Trait("Contract", "C2")]
    [Trait("Contract", "C3")]
    public async Task C3_a_run_that_was_killed_and_started_again_ends_like_one_left_alone()
    {
        using var alone = new RunFolder();
        using var killed = new RunFolder();
        Assert.Equal(0, (await Executable.RunAsync(alone.Train(Steps, Small))).Code);

        // Once at whatever it does after its first commit, once before it has committed anything more, then left to end.
        await KillAsync(killed, afterStep: 1);
        using (var second = Executable.Start(killed.Train(Steps, Small)))
        {
            while (!second.HasExited && !File.Exists(Path.Combine(killed.Path, "control.json"))) await Task.Delay(5);
            second.Kill();
            await second.WaitForExitAsync();
        }

        await KillAsync(killed, afterStep: 3);
        var (code, output, error) = await Executable.RunAsync(killed.Train(Steps, Small));
        Assert.True(code == 0, error);
        Assert.Contains("going on after step", output, StringComparison.Ordinal);

        Assert.Equal(alone.CheckpointHashes(Steps), killed.CheckpointHashes(Steps));
        Assert.Equal(alone.TimelessMetrics(), killed.TimelessMetrics());
    }

    [SkippableFact]
    [Trait("Contract", "C3")]
    public async Task A_run_that_is_interrupted_drains_to_a_commit_and_goes_on_from_it()
    {
        Skip.If(OperatingSystem.IsWindows(), "Windows sends no SIGINT to another process.");
        using var alone = new RunFolder();
        using var interrupted = new RunFolder();
        Assert.Equal(0, (await Executable.RunAsync(alone.Train(Steps, Small))).Code);

        using (var run = Executable.Start(interrupted.Train(Steps, Small)))
        {
            await interrupted.WaitForStepAsync(1, run);
            using var signal = Process.Start("kill", ["-INT", $"{run.Id}"])!;
            await signal.WaitForExitAsync();
            var (code, output, _) = await Executable.EndAsync(run);
            Assert.Equal(130, code);
            Assert.Contains("stopped after step", output, StringComparison.Ordinal);
        }

        Assert.Equal(0, (await Executable.RunAsync(interrupted.Train(Steps, Small))).Code);
        Assert.Equal(alone.CheckpointHashes(Steps), interrupted.CheckpointHashes(Steps));
        Assert.Equal(alone.TimelessMetrics(), interrupted.TimelessMetrics());
    }

    [Fact]
    public async Task A_directory_that_holds_a_run_is_refused_where_it_cannot_be_continued()
    {
        using var folder = new RunFolder();
        Assert.Equal(0, (await Executable.RunAsync(folder.Train(1, Small))).Code);

        var (code, _, error) = await Executable.RunAsync([.. folder.Train(1, Small), "--fresh"]);
        Assert.Equal(2, code);
        Assert.Contains("already holds a run", error, StringComparison.Ordinal);

        (code, _, error) = await Executable.RunAsync(folder.Train(1, [.. Small, "seed=9"]));
        Assert.Equal(2, code);
        Assert.Contains("seed = 1 there, 9 asked for", error, StringComparison.Ordinal);

        // Given more steps it goes on.
        Assert.Equal(0, (await Executable.RunAsync("train", "--run", folder.Path, "--set", "steps=2")).Code);
        Assert.Equal(2, folder.Metrics()[^1]["step"]);
    }

    private static async Task KillAsync(RunFolder folder, int afterStep)
    {
        using var run = Executable.Start(folder.Train(Steps, Small));
        await folder.WaitForStepAsync(afterStep, run);
        run.Kill();
        await run.WaitForExitAsync();
    }
}
