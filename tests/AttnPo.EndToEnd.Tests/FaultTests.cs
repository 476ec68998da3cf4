using Xunit;

namespace AttnPo.EndToEnd.Tests;

/// <summary>Faults that the real executable injects into itself.</summary>
public sealed class FaultTests
{
    private const int Steps = 2;

    private static readonly string[] Small = ["evaluation.prompts=16", "threads=1"];

    [Fact]
    [Trait("Contract", "C2")]
    [Trait("Contract", "C3")]
    public async Task C3_a_run_that_kills_itself_at_a_commit_dies_without_clean_up_and_goes_on_undisturbed_when_it_is_started_again()
    {
        using var alone = new RunFolder();
        using var hit = new RunFolder();
        Assert.Equal(0, (await Executable.RunAsync(alone.Train(Steps, Small))).Code);

        // The journal writes the run's opening, the evaluation of the start and then a commit.
        const string fault = "point=journal,after=2,action=crash";
        var (code, output, _) = await Executable.RunAsync([.. hit.Train(Steps, Small), "--fault", fault]);
        Assert.Equal(Executable.Killed, code);
        Assert.Contains($"faults are injected, in this start alone: {fault}", output, StringComparison.Ordinal);
        Assert.Equal(0, hit.Committed);
        Assert.True(File.Exists(Path.Combine(hit.Path, "control.json")), "Only a clean-up removes it.");

        (code, output, var error) = await Executable.RunAsync("train", "--run", hit.Path);
        Assert.True(code == 0, error);
        Assert.DoesNotContain("faults are injected", output, StringComparison.Ordinal);
        Assert.Equal(alone.CheckpointHashes(Steps), hit.CheckpointHashes(Steps));
        Assert.Equal(alone.TimelessMetrics(), hit.TimelessMetrics());
    }
}
