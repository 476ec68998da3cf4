using Xunit;

namespace AttnPo.EndToEnd.Tests;

/// <summary>Runs of the shipped model by the real executable that are killed, or started again.</summary>
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

        // After a commit, while it reads what is there, inside a step that has some of its waves, after another commit; then left to end.
        await KillAsync(killed, () => killed.Committed >= 1);
        File.Delete(Path.Combine(killed.Path, "control.json"));
        await KillAsync(killed, () => File.Exists(Path.Combine(killed.Path, "control.json")));
        var before = DateTime.UtcNow;
        await KillAsync(killed, () => killed.HasWavesSince(before));
        await KillAsync(killed, () => killed.Committed >= 2);
        var (code, output, error) = await Executable.RunAsync(killed.Train(Steps, Small));
        Assert.True(code == 0, error);
        Assert.Contains("going on after step", output, StringComparison.Ordinal);

        Assert.Equal(alone.CheckpointHashes(Steps), killed.CheckpointHashes(Steps));
        Assert.Equal(alone.TimelessMetrics(), killed.TimelessMetrics());
    }

    [Fact]
    [Trait("Contract", "C3")]
    public async Task C3_the_same_holds_in_half_precision()
    {
        string[] half = [.. Small, "rollout.dtype=bf16", "optimizer.compute=bf16"];
        using var alone = new RunFolder();
        using var killed = new RunFolder();
        Assert.Equal(0, (await Executable.RunAsync(alone.Train(Steps, half))).Code);
        await KillAsync(killed, () => killed.Committed >= 2, half);
        Assert.Equal(0, (await Executable.RunAsync(killed.Train(Steps, half))).Code);
        Assert.Equal(alone.CheckpointHashes(Steps), killed.CheckpointHashes(Steps));
        Assert.Equal(alone.TimelessMetrics(), killed.TimelessMetrics());
        Assert.All(alone.Metrics().Where(row => row.ContainsKey("train/loss")), row => Assert.InRange(row["train/logprob_gap_max"], 1e-3, 3));
    }

    [Fact]
    [Trait("Contract", "C3")]
    public async Task C3_the_same_holds_where_heads_are_chosen_anew()
    {
        // No set of heads is that good, so heads are chosen anew before the first step.
        string[] watched = [.. Small, "heads.every=2", "heads.reselect=0.99"];
        using var alone = new RunFolder();
        using var killed = new RunFolder();
        var output = await Executable.DoneAsync(alone.Train(Steps, watched));
        Assert.Contains("heads re-selected: ", output, StringComparison.Ordinal);
        var status = await Executable.DoneAsync("status", alone.Path);
        Assert.Contains("heads re-selected", status, StringComparison.Ordinal);
        Assert.Contains("\"kind\":\"heads-selected\"", await Executable.DoneAsync("ledger", alone.Path, "--json"), StringComparison.Ordinal);

        await KillAsync(killed, () => killed.Metrics().Any(row => row.ContainsKey("heads/pearson")), watched);
        await KillAsync(killed, () => killed.Committed >= 2, watched);
        await KillAsync(killed, () => killed.Metrics().Any(row => row["step"] == 2 && row.ContainsKey("heads/pearson")), watched);
        await Executable.DoneAsync(killed.Train(Steps, watched));

        // The checkpoint names the heads, so equal hashes are equal heads.
        Assert.Equal(alone.CheckpointHashes(Steps), killed.CheckpointHashes(Steps));
        Assert.Equal(alone.TimelessMetrics(), killed.TimelessMetrics());
        Assert.Equal(1, alone.Metrics()[0]["heads/reselected"]);
    }

    [Fact]
    public async Task A_gap_beyond_the_bound_ends_the_run_and_says_so_and_a_higher_bound_goes_on()
    {
        using var folder = new RunFolder();
        string[] half = [.. Small, "rollout.dtype=bf16"];
        var (code, _, error) = await Executable.RunAsync(folder.Train(1, [.. half, "optimizer.logprob-gap-bound=1e-6"]));
        Assert.Equal(1, code);
        Assert.Contains("more than optimizer.logprob-gap-bound allows (1E-06)", error, StringComparison.Ordinal);
        Assert.Equal(0, folder.Committed);
        Assert.Equal(0, (await Executable.RunAsync(folder.Train(1, [.. half, "optimizer.logprob-gap-bound=1"]))).Code);
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

        // The shipped settings let the learning rate fall to 0 at the last step.
        (code, _, error) = await Executable.RunAsync("train", "--run", folder.Path, "--set", "steps=2");
        Assert.Equal(2, code);
        Assert.Contains("steps = 1 there, 2 asked for; with optimizer.schedule = linear", error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_run_with_a_constant_learning_rate_goes_on_when_it_is_given_more_steps()
    {
        using var folder = new RunFolder();
        Assert.Equal(0, (await Executable.RunAsync(folder.Train(1, [.. Small, "optimizer.schedule=constant"]))).Code);
        Assert.Equal(0, (await Executable.RunAsync("train", "--run", folder.Path, "--set", "steps=2")).Code);
        Assert.Equal(2, folder.Metrics()[^1]["step"]);
    }

    /// <summary>Starts the run, kills it when the moment has come, and makes sure that the kill hit a run that had not ended.</summary>
    private static async Task KillAsync(RunFolder folder, Func<bool> moment, string[]? settings = null)
    {
        using var run = Executable.Start(folder.Train(Steps, settings ?? Small));
        await RunFolder.WaitAsync(moment, run);
        run.Kill();
        await run.WaitForExitAsync();
        Assert.Equal(Executable.Killed, run.ExitCode);
        Assert.InRange(folder.Committed, 0, Steps - 1);
    }
}
