using AttnPo.Actors.Faults;
using AttnPo.Actors.Protocol;
using AttnPo.Actors.Tests.Fakes;
using Xunit;

namespace AttnPo.Actors.Tests.Faults;

/// <summary>
/// What full disks and damaged files do to a run. A damaged file that is read again ends the run with its name, and the run goes on
/// when the file is put back. One that is not read again does no harm: the run ends as one left alone in all but that file, and the
/// file is still told from its name (rollouts) or at the next start (the checkpoint that the run goes on from).
/// </summary>
[Trait("Contract", "C3")]
public sealed class FileFaultTests(HalfRun half) : IClassFixture<HalfRun>
{
    [Theory]
    [InlineData(FaultPoint.BlobWrite, 0)]
    [InlineData(FaultPoint.BlobWrite, 5)]
    [InlineData(FaultPoint.CheckpointWrite, 0)]
    [InlineData(FaultPoint.CheckpointWrite, 1)]
    [InlineData(FaultPoint.Archive, 0)]
    [InlineData(FaultPoint.Archive, 1)]
    public async Task A_disk_that_was_full_for_a_moment_costs_work_but_changes_nothing(FaultPoint point, int after)
    {
        using var run = half.Copy();
        var outcome = await GoOnAsync(run, new Fault { Point = point, Action = FaultAction.DiskFull, After = after });
        Assert.Equal(RunEnd.Finished, outcome.End);
        half.AssertUndisturbed(run);
    }

    [Theory]
    [InlineData(FaultPoint.BlobWrite, "rollouts")]
    [InlineData(FaultPoint.CheckpointWrite, "checkpoints")]
    public async Task A_disk_that_stays_full_ends_the_run_with_the_folder_and_what_to_do(FaultPoint point, string folder)
    {
        using var run = half.Copy();
        var outcome = await GoOnAsync(run, new Fault { Point = point, Action = FaultAction.DiskFull, Times = Fault.Always });
        Assert.Equal((RunEnd.Failed, new StepNumber(5)), (outcome.End, outcome.Step));
        Assert.Contains(Path.Combine(run.Directory, folder), outcome.Message);
        Assert.Contains("start the same command again", outcome.Message);
        Assert.Equal(RunEnd.Finished, (await half.GoOnAsync(run)).End);
        half.AssertUndisturbed(run);
    }

    [Fact]
    [Trait("Contract", "C6")]
    public async Task A_disk_too_full_for_the_archive_is_not_filled_further_and_the_journal_keeps_its_events()
    {
        using var run = half.Copy();
        var before = LedgerFiles(run);
        var outcome = await GoOnAsync(run, new Fault { Point = FaultPoint.Archive, Action = FaultAction.DiskFull, Times = Fault.Always });
        Assert.Equal(RunEnd.Finished, outcome.End);
        Assert.Equal(before, LedgerFiles(run));
        Assert.Contains("The run's state could not be saved after step 6; the journal is not pruned.", run.Log());
        half.AssertUndisturbed(run);
    }

    [Theory]
    [Trait("Contract", "C2")]
    [InlineData(0)]
    [InlineData(3)]
    public async Task A_damaged_wave_of_the_open_step_is_named_when_the_step_is_begun_again(int after)
    {
        using var run = half.Copy();
        var outcome = await GoOnAsync(
            run,
            new Fault { Point = FaultPoint.BlobNamed, Action = FaultAction.Corrupt, After = after },
            new Fault { Point = FaultPoint.Update, Action = FaultAction.Throw });
        Assert.Equal(new StepNumber(5), outcome.Step);
        await IsNamedAndGoesOnWhenPutBackAsync(run, outcome, HalfRun.DamagedFile(run));
    }

    [Fact]
    [Trait("Contract", "C2")]
    public async Task A_damaged_wave_of_a_committed_step_is_named_when_the_step_is_trained_again()
    {
        using var run = half.Copy();
        // Of step 6 at most six files are still to be written, of step 7 eight: the ninth is of step 7, which no checkpoint holds.
        var outcome = await GoOnAsync(
            run,
            new Fault { Point = FaultPoint.BlobNamed, Action = FaultAction.Corrupt, After = 8 },
            new Fault { Point = FaultPoint.Commit, Action = FaultAction.Throw, After = 2 });
        Assert.Equal((RunEnd.Failed, new StepNumber(7)), (outcome.End, outcome.Step));
        var damaged = HalfRun.DamagedFile(run);
        Assert.Contains("step-000007", damaged);
        await IsNamedAndGoesOnWhenPutBackAsync(run, await half.GoOnAsync(run), damaged);
    }

    [Fact]
    public async Task A_damaged_wave_that_is_not_read_again_changes_nothing_else_and_is_told_from_its_name()
    {
        using var run = half.Copy();
        var outcome = await GoOnAsync(run, new Fault { Point = FaultPoint.BlobNamed, Action = FaultAction.Corrupt });
        Assert.Equal(RunEnd.Finished, outcome.End);
        FileDamage.Corrupt(HalfRun.DamagedFile(run));
        half.AssertUndisturbed(run);
    }

    [Fact]
    [Trait("Contract", "C2")]
    public async Task A_damaged_checkpoint_is_named_when_the_learner_comes_back_to_it()
    {
        using var run = half.Copy();
        var outcome = await GoOnAsync(
            run,
            new Fault { Point = FaultPoint.CheckpointNamed, Action = FaultAction.Corrupt },
            new Fault { Point = FaultPoint.Update, Action = FaultAction.Throw, After = 1 });
        Assert.Equal(new StepNumber(6), outcome.Step);
        await IsNamedAndGoesOnWhenPutBackAsync(run, outcome, DamagedCheckpoint(run, 6));
    }

    [Fact]
    [Trait("Contract", "C2")]
    public async Task A_damaged_checkpoint_that_ends_the_run_is_named_at_the_next_start()
    {
        using var run = half.Copy();
        var outcome = await GoOnAsync(run, new Fault { Point = FaultPoint.CheckpointNamed, Action = FaultAction.Corrupt, After = 1 });
        Assert.Equal(RunEnd.Finished, outcome.End);
        await IsNamedAndGoesOnWhenPutBackAsync(run, await half.GoOnAsync(run), DamagedCheckpoint(run, 8));
    }

    private static string[] LedgerFiles(FakeRun run) => [.. Directory.GetFiles(Path.Combine(run.Directory, "ledger")).Order()];

    // The largest file of the fake engine's two.
    private static string DamagedCheckpoint(FakeRun run, int step) =>
        Path.Combine(run.Directory, "checkpoints", $"step-{step:D6}", "optimizer.txt");

    private Task<RunOutcome> GoOnAsync(FakeRun run, params Fault[] faults) => half.GoOnAsync(run, half.Settings(run), faults);

    private async Task IsNamedAndGoesOnWhenPutBackAsync(FakeRun run, RunOutcome outcome, string damaged)
    {
        Assert.Equal(RunEnd.Failed, outcome.End);
        Assert.Contains($"{damaged} is not what was", outcome.Message);
        Assert.Contains("from a copy", outcome.Message);
        // As long as it is damaged, each start says so.
        Assert.Contains($"{damaged} is not what was", (await half.GoOnAsync(run)).Message);
        FileDamage.Corrupt(damaged);
        Assert.Equal(RunEnd.Finished, (await half.GoOnAsync(run)).End);
        half.AssertUndisturbed(run);
    }
}
