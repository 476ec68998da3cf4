using AttnPo.Actors.Protocol;
using AttnPo.Actors.Tests.Fakes;
using Xunit;

namespace AttnPo.Actors.Tests.Run;

public sealed class TrainingRunTests
{
    [Fact]
    public async Task A_run_makes_its_steps_and_leaves_checkpoints_metrics_rollouts_and_a_journal()
    {
        using var run = new FakeRun();

        var outcome = await run.RunAsync();

        Assert.Equal(new RunOutcome(RunEnd.Finished, new StepNumber(4), ""), outcome);
        Assert.Equal(["step-000003", "step-000004"], Directory.GetDirectories(Path.Combine(run.Directory, "checkpoints")).Select(Path.GetFileName).Order());
        // Of each of four waves its rollouts and its judgement.
        Assert.All(Enumerable.Range(1, 4), step =>
            Assert.Equal(8, Directory.GetFiles(Path.Combine(run.Directory, "rollouts", $"step-{step:D6}"), "wave-*.jsonl").Length));
        Assert.True(File.Exists(Path.Combine(run.Directory, "journal.db")));
        var lines = File.ReadAllLines(Path.Combine(run.Directory, "metrics.jsonl")).Select(Metrics.Parse).ToArray();
        Assert.Equal([0, 1, 2, 3, 4], lines.Select(line => line["step"].GetInt64()));
        Assert.Equal([true, false, true, false, true], lines.Select(line => line.ContainsKey("eval/accuracy")));
        Assert.All(lines[1..], line => Assert.Equal(6, line["groups/used"].GetInt64() + line["groups/dropped"].GetInt64()));
    }
}
