using AttnPo.Actors.Protocol;
using AttnPo.Actors.Run;
using AttnPo.Actors.Tests.Fakes;
using Xunit;
using static AttnPo.Actors.Protocol.RunProtocol;

namespace AttnPo.Actors.Tests.Run;

/// <summary>A run of nine steps that keeps rollouts and archived events of the last few steps alone.</summary>
[Trait("Contract", "C6")]
public sealed class RetentionTests(LeftAlone leftAlone) : IClassFixture<LeftAlone>
{
    [Theory]
    [InlineData(1, "step-000009")]
    [InlineData(2, "step-000008 step-000009")]
    [InlineData(8, "step-000002 step-000003 step-000004 step-000005 step-000006 step-000007 step-000008 step-000009")]
    public async Task Rollouts_of_the_last_steps_stay_and_the_rest_of_the_result_is_that_of_a_run_that_keeps_all(int keep, string expected)
    {
        using var run = new FakeRun();
        await using var going = TrainingRun.Start(run.LedgerSetup(LeftAlone.Steps, keep));
        Assert.Equal(RunEnd.Finished, (await going.Completion.WaitAsync(TimeSpan.FromMinutes(1))).End);
        // Old files are removed behind the run.
        await Eventually.IsTrueAsync(() => Rollouts(run) == expected);
        Assert.Equal(
            leftAlone.Result.Where(file => !file.Key.StartsWith("rollouts", StringComparison.Ordinal) || expected.Contains(file.Key.Split('/')[1])),
            run.Result());
    }

    [Fact]
    [Trait("Contract", "C3")]
    public async Task What_the_last_checkpoint_needs_stays_however_few_steps_are_kept()
    {
        using var run = new FakeRun();
        using var gate = new Gate();
        run.HoldUp(gate, step: 9, wave: 1);
        await using (var cut = TrainingRun.Start(run.LedgerSetup(LeftAlone.Steps, keepSteps: 1)))
        {
            await gate.ReachedAsync();
            // The last checkpoint is of step 6.
            await Eventually.IsTrueAsync(() => Rollouts(run).StartsWith("step-000007 step-000008", StringComparison.Ordinal));
            await Eventually.IsTrueAsync(() => Archive(run) is [var part] && part.Contains("-step-000008-", StringComparison.Ordinal));
            gate.Open();
        }

        run.Engine = new FakeEngine(FakeTask.Tokenizer);
        Assert.Equal(RunEnd.Finished, (await run.RunAsync(run.LedgerSetup(LeftAlone.Steps, keepSteps: 1))).End);
        Assert.Equal([7L, 8], run.News.OfType<StepReplayed>().Select(step => step.Step.Value).TakeLast(2));
        Assert.All(run.Result(), file => Assert.Equal(leftAlone.Result[file.Key], file.Value));
    }

    private static string Rollouts(FakeRun run) =>
        string.Join(' ', Directory.GetDirectories(Path.Combine(run.Directory, "rollouts")).Select(Path.GetFileName).Order());

    private static string[] Archive(FakeRun run) => Directory.GetFiles(Path.Combine(run.Directory, "ledger"));
}
