using AttnPo.Actors.Faults;
using AttnPo.Actors.Protocol;
using AttnPo.Actors.Run;
using AttnPo.Actors.Tests.Fakes;
using Xunit;
using static AttnPo.Actors.Protocol.RunProtocol;

namespace AttnPo.Actors.Tests.Run;

/// <summary>What was asked of a run comes about whatever happens meanwhile, or whoever asked hears why not.</summary>
[Trait("Contract", "C7")]
public sealed class WishTests : IDisposable
{
    private readonly FakeRun _run = new();
    private readonly Gate _gate = new();

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task A_stop_or_a_pause_outlives_a_fault_of_the_journal_in_the_drain(bool pause)
    {
        _run.HoldUp(_gate, step: 2, wave: 1);
        // Of each step of four waves: sampled, generated and judged, and the commit; the first step's evaluation and start before.
        var plan = new FaultPlan([new Fault { Point = FaultPoint.Journal, Action = FaultAction.Throw, After = 17 }]);
        await using var run = TrainingRun.Start(_run.Setup() with { Faults = plan, AkkaLogLevel = "OFF" });
        await _gate.ReachedAsync();
        var end = pause ? null : run.StopAsync();
        if (pause) Assert.True((await run.PauseAsync()).Done);
        _gate.Open();

        if (pause) await Eventually.IsTrueAsync(() => _run.News.Any(news => news is PauseBegun));
        else Assert.Equal(RunEnd.Stopped, (await end!.WaitAsync(TimeSpan.FromMinutes(1))).End);

        Assert.Contains(_run.News, news => news is WorkRetried { Stage: "the journal" });
        Assert.DoesNotContain(_run.News, news => news is StepFinished { Step.Value: > 2 });
    }

    [Fact]
    public async Task A_pause_that_a_stop_comes_after_is_kept_for_the_next_start()
    {
        _run.HoldUp(_gate, step: 2, wave: 1);
        await using (var run = TrainingRun.Start(_run.Setup()))
        {
            await _gate.ReachedAsync();
            Assert.True((await run.PauseAsync()).Done);
            var end = run.StopAsync();
            _gate.Open();
            Assert.Equal(RunEnd.Stopped, (await end.WaitAsync(TimeSpan.FromMinutes(1))).End);
        }
        await using var again = TrainingRun.Start(_run.Setup());
        await again.ReachAsync("Paused");
        Assert.Equal("Paused", (await again.StatusAsync()).State);
    }

    [Fact]
    public async Task A_checkpoint_that_cannot_be_written_is_told_to_whoever_asked_and_costs_a_paused_run_nothing()
    {
        _run.HoldUp(_gate, step: 2, wave: 1);
        var plan = new FaultPlan([new Fault { Point = FaultPoint.CheckpointWrite, Action = FaultAction.DiskFull }]);
        await using var run = TrainingRun.Start(_run.LedgerSetup(9) with { Faults = plan, AkkaLogLevel = "OFF" });
        await _gate.ReachedAsync();
        await run.PauseAsync();
        _gate.Open();
        await run.ReachAsync("Paused");

        var refused = await run.CheckpointAsync();

        Assert.False(refused.Done);
        Assert.Contains("No space left on device", refused.Message);
        await run.ReachAsync("Paused");
        Assert.DoesNotContain(_run.News, news => news is WorkRetried);
        Assert.True((await run.CheckpointAsync()).Done);
    }

    [Fact]
    [Trait("Contract", "C2")]
    public async Task A_run_given_no_more_steps_than_it_has_made_ends_with_a_checkpoint()
    {
        await _run.CutOffAsync(_run.LedgerSetup(9), step: 5, wave: 1);
        Assert.Equal(RunEnd.Finished, (await _run.RunAsync(_run.LedgerSetup(4))).End);
        Assert.True(Directory.Exists(Path.Combine(_run.Directory, "checkpoints", "step-000004")));
    }

    [Theory]
    [InlineData("rollouts")]
    [InlineData("metrics.jsonl")]
    public async Task A_directory_with_the_work_of_a_run_that_the_journal_does_not_know_is_left_as_it_is(string left)
    {
        await _run.CutOffAsync(_run.LedgerSetup(9), step: 2, wave: 1);
        Microsoft.Data.Sqlite.SqliteConnection.ClearAllPools();
        File.Delete(Path.Combine(_run.Directory, "journal.db"));
        foreach (var other in (string[])["rollouts", "checkpoints", "ledger"])
            if (other != left && Directory.Exists(Path.Combine(_run.Directory, other))) Directory.Delete(Path.Combine(_run.Directory, other), recursive: true);
        if (left != "metrics.jsonl") File.Delete(Path.Combine(_run.Directory, "metrics.jsonl"));
        string[] before = [.. Directory.GetFiles(_run.Directory, "*", SearchOption.AllDirectories).Where(IsWork).Order()];

        var outcome = await _run.RunAsync(_run.LedgerSetup(9));

        Assert.Equal(RunEnd.Refused, outcome.End);
        Assert.Contains("put the journal back", outcome.Message);
        Assert.Equal(before, Directory.GetFiles(_run.Directory, "*", SearchOption.AllDirectories).Where(IsWork).Order());
    }

    public void Dispose()
    {
        _gate.Dispose();
        _run.Dispose();
    }

    private static bool IsWork(string file) => file.Contains("rollouts", StringComparison.Ordinal) || file.EndsWith("metrics.jsonl", StringComparison.Ordinal);
}
