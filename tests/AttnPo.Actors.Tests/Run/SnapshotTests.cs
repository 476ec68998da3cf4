using AttnPo.Actors.Faults;
using AttnPo.Actors.Protocol;
using AttnPo.Actors.Run;
using AttnPo.Actors.Tests.Fakes;
using Xunit;
using static AttnPo.Actors.Protocol.RunProtocol;

namespace AttnPo.Actors.Tests.Run;

/// <summary>A run of nine steps with saved states at 2, 4, 6 and 8, and checkpoints at 3, 6 and 9.</summary>
[Trait("Contract", "C3")]
public sealed class SnapshotTests(LeftAlone leftAlone) : IClassFixture<LeftAlone>
{
    [Fact]
    [Trait("Contract", "C6")]
    public async Task The_journal_holds_what_came_after_the_last_saved_state_and_the_archive_all_before_it()
    {
        using var run = new FakeRun();
        await using var going = TrainingRun.Start(run.LedgerSetup(LeftAlone.Steps));
        Assert.Equal(RunEnd.Finished, (await going.Completion.WaitAsync(TimeSpan.FromMinutes(1))).End);
        // The store answers when it likes, and the journal is pruned then.
        await Eventually.IsTrueAsync(() => SqliteJournal.SavedStates(run.Directory) is [{ Sequence: var last, Saved.State.Step.Value: 8 }]
            && SqliteJournal.Events(run.Directory)[0].Sequence > last);

        var (saved, state) = Assert.Single(SqliteJournal.SavedStates(run.Directory));
        Assert.Equal(saved, state.Archive.LastEvent);
        var journal = SqliteJournal.Events(run.Directory);
        // The last event before them stays as a mark of how far the numbers have come.
        Assert.Equal(journal.Count + 1, SqliteJournal.RowsOf(run.Directory, "journal"));
        var archived = Archive(run).Read().ToArray();
        Assert.Equal(Enumerable.Range(1, archived.Length).Select(n => (long)n), archived.Select(happened => happened.Sequence));
        Assert.Equal(saved, archived[^1].Sequence);
        Assert.Equal(Enumerable.Range(1, journal.Count).Select(n => saved + n), journal.Select(happened => happened.Sequence));

        var all = archived.Select(happened => (RunEvent)RunEventSerializer.Read(happened.Content, happened.Kind)).Concat(journal.Select(happened => happened.Event)).ToArray();
        Assert.IsType<RunStarted>(all[0]);
        Assert.IsType<RunFinished>(all[^1]);
        Assert.Equal([1L, 2, 3, 4, 5, 6, 7, 8, 9], all.OfType<StepCommitted>().Select(step => step.Step.Value));
        Assert.Equal([3L, 6, 9], all.OfType<StepCommitted>().Where(step => step.Checkpoint is not null).Select(step => step.Step.Value));
        Assert.Equal(36, all.OfType<WaveJudged>().Select(wave => wave.Wave).Distinct().Count());
        Assert.Equal(36, all.OfType<WaveJudged>().Count());
    }

    [Theory]
    [InlineData(1, 2)]
    [InlineData(2, 4)]
    [InlineData(3, 1)]
    [InlineData(4, 2)]
    [InlineData(5, 1)]
    [InlineData(7, 3)]
    [InlineData(9, 4)]
    public async Task A_run_cut_off_anywhere_between_saved_states_and_checkpoints_ends_as_one_left_alone(int step, int wave)
    {
        using var run = new FakeRun();
        await run.CutOffAsync(run.LedgerSetup(LeftAlone.Steps), step, wave);
        Assert.Equal(RunEnd.Finished, (await run.RunAsync(run.LedgerSetup(LeftAlone.Steps))).End);
        Assert.Equal(leftAlone.Result, run.Result());
    }

    [Fact]
    public async Task A_run_cut_off_in_each_step_ends_as_one_left_alone()
    {
        using var run = new FakeRun();
        for (var step = 1; step <= LeftAlone.Steps; step++) await run.CutOffAsync(run.LedgerSetup(LeftAlone.Steps), step, wave: 1);
        Assert.Equal(RunEnd.Finished, (await run.RunAsync(run.LedgerSetup(LeftAlone.Steps))).End);
        Assert.Equal(leftAlone.Result, run.Result());
    }

    [Theory]
    [Trait("Contract", "C7")]
    [InlineData(3, 1)]
    [InlineData(5, 2)]
    [InlineData(8, 4)]
    public async Task A_run_that_is_stopped_anywhere_ends_as_one_left_alone(int step, int wave)
    {
        using var run = new FakeRun();
        using var gate = new Gate();
        run.HoldUp(gate, step, wave);
        await using (var stopped = TrainingRun.Start(run.LedgerSetup(LeftAlone.Steps)))
        {
            await gate.ReachedAsync();
            var stopping = stopped.StopAsync();
            gate.Open();
            Assert.Equal(RunEnd.Stopped, (await stopping.WaitAsync(TimeSpan.FromMinutes(1))).End);
        }

        run.Engine = new FakeEngine(FakeTask.Tokenizer);
        Assert.Equal(RunEnd.Finished, (await run.RunAsync(run.LedgerSetup(LeftAlone.Steps))).End);
        Assert.Equal(leftAlone.Result, run.Result());
    }

    [Theory]
    [InlineData("deleted", true)]
    [InlineData("emptied", true)]
    [InlineData("its first line altered", true)]
    [InlineData("its last line torn", false)]
    [InlineData("a line too many", false)]
    public async Task Metrics_that_were_changed_while_the_run_was_away_are_made_again_to_the_last_digit(string how, bool fromArchive)
    {
        using var run = new FakeRun();
        await run.CutOffAsync(run.LedgerSetup(LeftAlone.Steps), step: 6, wave: 1);
        var path = Path.Combine(run.Directory, "metrics.jsonl");
        var before = File.ReadAllText(path);
        if (how == "deleted") File.Delete(path);
        else File.WriteAllText(path, how switch
        {
            "emptied" => "",
            "its first line altered" => before.Replace("{\"step\":0,", "{\"step\":9,", StringComparison.Ordinal),
            "its last line torn" => before[..^40],
            _ => before + "{\"step\":6}\n",
        });

        Assert.Equal(RunEnd.Finished, (await run.RunAsync(run.LedgerSetup(LeftAlone.Steps))).End);

        Assert.StartsWith(before, File.ReadAllText(path), StringComparison.Ordinal);
        Assert.Equal(leftAlone.Result, run.Result());
        Assert.Equal(fromArchive, run.Log().Contains("it is made again from the archive", StringComparison.Ordinal));
    }

    [Theory]
    [InlineData(0)]
    [InlineData(5)]
    [InlineData(30)]
    public async Task A_journal_that_breaks_off_while_it_is_read_is_read_again_from_its_beginning(int after)
    {
        using var run = new FakeRun();
        // Before the first saved state, so that all that the run knows is events.
        var setup = run.LedgerSetup(LeftAlone.Steps);
        setup = setup with { Run = setup.Run with { Retention = setup.Run.Retention with { SnapshotEvery = 100 } } };
        await run.CutOffAsync(setup, step: 5, wave: 1);
        var before = File.ReadAllText(Path.Combine(run.Directory, "metrics.jsonl"));

        var outcome = await run.RunAsync(setup with
        {
            CreateLearner = run.Engine.CreateLearner,
            CreateGenerator = run.Engine.CreateGenerator,
            Faults = new FaultPlan([new Fault { Point = FaultPoint.Recover, Action = FaultAction.Throw, After = after }]),
        });

        Assert.Equal(RunEnd.Finished, outcome.End);
        Assert.Equal("the journal", Assert.Single(run.News.OfType<WorkRetried>()).Stage);
        Assert.StartsWith(before, File.ReadAllText(Path.Combine(run.Directory, "metrics.jsonl")), StringComparison.Ordinal);
        Assert.Equal(leftAlone.Result, run.Result());
    }

    private static ArchiveFolder Archive(FakeRun run) => new(Path.Combine(run.Directory, "ledger"), FaultPlan.None);
}
