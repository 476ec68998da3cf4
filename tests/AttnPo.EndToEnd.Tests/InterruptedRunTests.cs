using System.Diagnostics;
using Xunit;

namespace AttnPo.EndToEnd.Tests;

/// <summary>Runs that are asked to end, by a signal or by the command: they drain, and what they leave goes on to the same end.</summary>
public sealed class InterruptedRunTests(InterruptedRunTests.LeftAlone alone) : IClassFixture<InterruptedRunTests.LeftAlone>
{
    private const int Steps = 6;

    private static readonly string[] Small = ["evaluation.prompts=16", "threads=1"];

    [SkippableTheory]
    [Trait("Contract", "C3")]
    [InlineData("INT")]
    [InlineData("TERM")]
    public async Task A_run_that_is_interrupted_drains_to_a_commit_and_goes_on_from_it(string signal)
    {
        Skip.If(OperatingSystem.IsWindows(), "Windows sends no signal to another process.");
        Skip.If(signal == "INT" && IgnoresInterrupts(), Ignored);
        using var folder = new RunFolder();
        using (var run = Executable.Start(folder.Train(Steps, Small)))
        {
            await RunFolder.WaitAsync(() => folder.Committed >= 1, run);
            await SendAsync(signal, run);
            var (code, output, _) = await Executable.EndAsync(run);
            Assert.Equal(130, code);
            Assert.Contains("stopped after step", output, StringComparison.Ordinal);
        }

        await AssertGoesOnToTheSameEndAsync(folder);
    }

    [SkippableFact]
    [Trait("Contract", "C3")]
    public async Task A_second_interrupt_ends_the_run_at_once_and_it_goes_on_all_the_same()
    {
        Skip.If(OperatingSystem.IsWindows(), "Windows sends no signal to another process.");
        Skip.If(IgnoresInterrupts(), Ignored);
        using var folder = new RunFolder();
        using (var run = Executable.Start(folder.Train(Steps, Small)))
        {
            await RunFolder.WaitAsync(() => folder.Committed >= 1, run);
            var before = DateTime.UtcNow;
            await RunFolder.WaitAsync(() => folder.HasWavesSince(before), run);
            await SendAsync("INT", run);
            Assert.Contains("interrupt again", await run.StandardError.ReadLineAsync(), StringComparison.Ordinal);
            await SendAsync("INT", run);
            // The exit code is the same as after a drain: 128 + SIGINT.
            var (code, output, _) = await Executable.EndAsync(run);
            Assert.Equal(130, code);
            Assert.DoesNotContain("stopped after step", output, StringComparison.Ordinal);
        }

        await AssertGoesOnToTheSameEndAsync(folder);
    }

    [Fact]
    [Trait("Contract", "C3")]
    public async Task A_run_that_is_told_to_stop_ends_at_a_commit_and_its_directory_is_free_when_the_command_returns()
    {
        using var folder = new RunFolder();
        using (var run = Executable.Start(folder.Train(Steps, Small)))
        {
            await RunFolder.WaitAsync(() => folder.Committed >= 1, run);
            var (told, said, error) = await Executable.RunAsync("stop", folder.Path);
            Assert.True(told == 0, error);
            Assert.Contains($"stopped after step {folder.Committed}", said, StringComparison.Ordinal);

            await AssertGoesOnToTheSameEndAsync(folder);
            var (code, output, _) = await Executable.EndAsync(run);
            Assert.Equal(0, code);
            Assert.Contains("stopped after step", output, StringComparison.Ordinal);
        }

        var (failed, _, reason) = await Executable.RunAsync("stop", folder.Path);
        Assert.Equal(1, failed);
        Assert.Contains("not running", reason, StringComparison.Ordinal);
    }

    private const string Ignored = "SIGINT is ignored by whoever started the tests, as a shell does for what it puts into the background; so does all that they start.";

    /// <summary>Whether this process ignores SIGINT, and with it every process that it starts.</summary>
    private static bool IgnoresInterrupts()
    {
        const string mask = "SigIgn:";
        if (!File.Exists("/proc/self/status")) return false;
        var ignored = File.ReadLines("/proc/self/status").First(line => line.StartsWith(mask, StringComparison.Ordinal))[mask.Length..];
        return (ulong.Parse(ignored.Trim(), System.Globalization.NumberStyles.HexNumber) & 0b10) != 0;
    }

    private static async Task SendAsync(string signal, Process run)
    {
        using var kill = Process.Start("kill", [$"-{signal}", $"{run.Id}"])!;
        await kill.WaitForExitAsync();
    }

    private async Task AssertGoesOnToTheSameEndAsync(RunFolder folder)
    {
        Assert.InRange(folder.Committed, 1, Steps - 1);
        var (code, output, error) = await Executable.RunAsync(folder.Train(Steps, Small));
        Assert.True(code == 0, error);
        Assert.Contains("going on after step", output, StringComparison.Ordinal);
        Assert.Equal(alone.Folder.CheckpointHashes(Steps), folder.CheckpointHashes(Steps));
        Assert.Equal(alone.Folder.TimelessMetrics(), folder.TimelessMetrics());
    }

    /// <summary>The run that nobody disturbs.</summary>
    public sealed class LeftAlone : IAsyncLifetime
    {
        internal RunFolder Folder { get; } = new();

        public async Task InitializeAsync() => Assert.Equal(0, (await Executable.RunAsync(Folder.Train(Steps, Small))).Code);

        public Task DisposeAsync()
        {
            Folder.Dispose();
            return Task.CompletedTask;
        }
    }
}
