using AttnPo.Actors.Protocol;
using AttnPo.Actors.Run;
using AttnPo.Actors.Tests.Fakes;
using Xunit;
using static AttnPo.Actors.Protocol.RunProtocol;

namespace AttnPo.Actors.Tests.Run;

/// <summary>
/// A run of nine steps that is paused, mostly while it decodes the second of the four waves of step 5; its last checkpoint is of step 3.
/// </summary>
[Trait("Contract", "C7")]
public sealed class PauseTests(LeftAlone leftAlone) : IClassFixture<LeftAlone>
{
    [Fact]
    public async Task A_pause_lets_the_waves_in_flight_end_in_the_ledger_and_nothing_is_asked_of_the_engine_after_it()
    {
        using var run = new FakeRun();
        using var gate = new Gate();
        var calls = 0;
        run.HoldUp(gate, step: 5, wave: 2, () => Interlocked.Increment(ref calls));
        run.Engine.OnScore = _ => Interlocked.Increment(ref calls);
        run.Engine.OnAccumulate = _ => Interlocked.Increment(ref calls);
        run.Engine.OnUpdate = _ => Interlocked.Increment(ref calls);
        await using var paused = TrainingRun.Start(run.LedgerSetup(LeftAlone.Steps));
        await gate.ReachedAsync();

        var reply = await paused.PauseAsync();
        Assert.Equal(new RunReply(true, "Pausing: the waves in flight end first."), reply);
        Assert.Equal(("Stepping", true), await StateAsync(paused));
        gate.Open();
        await paused.ReachAsync("Paused");

        var before = Volatile.Read(ref calls);
        await Task.Delay(200);
        Assert.Equal(before, Volatile.Read(ref calls));
        Assert.False(paused.Completion.IsCompleted);
        var events = SqliteJournal.Events(run.Directory);
        var ledger = Assert.IsType<RunPaused>(events[^1].Event);
        Assert.Equal(new StepNumber(4), ledger.Step);
        // What was sampled when the pause came: the wave in work, the one before, and one that may wait behind it.
        Assert.InRange(ledger.Waves, 2, 3);
        Assert.Equal(ledger.Waves, events.Count(happened => happened.Event is WaveJudged { Wave.Step.Value: 5 }));
        Assert.Equal(ledger.Waves, events.Count(happened => happened.Event is WaveSampled { Wave.Step.Value: 5 }));

        await paused.StopAsync();
        Assert.Equal(new PauseBegun(new StepNumber(4), ledger.Waves), Assert.Single(run.News.OfType<PauseBegun>()));
    }

    [Fact]
    [Trait("Contract", "C3")]
    public async Task A_paused_run_stays_so_through_restarts_without_an_engine_and_is_resumed_without_generating_anything_twice()
    {
        using var run = new FakeRun();
        var waves = await PauseInStepFiveAsync(run);
        for (var start = 0; start < 2; start++)
        {
            var setup = run.LedgerSetup(LeftAlone.Steps) with
            {
                CreateLearner = () => throw new InvalidOperationException("must not be called"),
                CreateGenerator = () => throw new InvalidOperationException("must not be called"),
            };
            await using var again = TrainingRun.Start(setup);
            await again.ReachAsync("Paused");
            await Task.Delay(100);
            Assert.Equal(("Paused", false), await StateAsync(again));
            Assert.False(again.Completion.IsCompleted);
        }

        var generated = 0;
        run.Engine = new FakeEngine(FakeTask.Tokenizer)
        {
            OnGenerate = request => generated += request is { Step: 4, SamplesPerPrompt: 4 } ? 1 : 0,
        };
        await using var resumed = TrainingRun.Start(run.LedgerSetup(LeftAlone.Steps));
        Assert.Equal(new RunReply(true, "Going on after step 4."), await resumed.ResumeAsync());
        Assert.Equal(RunEnd.Finished, (await resumed.Completion.WaitAsync(TimeSpan.FromMinutes(1))).End);
        Assert.Equal(4 - waves, generated);
        Assert.Equal(leftAlone.Result, run.Result());
    }

    [Fact]
    public async Task A_run_that_is_paused_in_an_evaluation_makes_it_when_it_is_resumed()
    {
        using var run = new FakeRun();
        using var gate = new Gate();
        var updates = 0;
        run.Engine.OnUpdate = _ => Interlocked.Increment(ref updates);
        run.Engine.OnGenerate = request =>
        {
            // The second wave of the evaluation after step 4.
            if (request.SamplesPerPrompt == 1 && request.Prompts[0].Id == 4 && Volatile.Read(ref updates) == 4) gate.Pass();
        };
        await using var paused = TrainingRun.Start(run.LedgerSetup(LeftAlone.Steps));
        await gate.ReachedAsync();
        Assert.Equal("Evaluating", (await StateAsync(paused)).State);
        Assert.True((await paused.PauseAsync()).Done);
        gate.Open();
        await paused.ReachAsync("Paused");
        Assert.DoesNotContain(SqliteJournal.Events(run.Directory), happened => happened.Event is Evaluated { Step.Value: 4 });

        Assert.True((await paused.ResumeAsync()).Done);
        Assert.Equal(RunEnd.Finished, (await paused.Completion.WaitAsync(TimeSpan.FromMinutes(1))).End);
        Assert.Equal(leftAlone.Result, run.Result());
    }

    [Fact]
    public async Task Who_pauses_twice_is_told_what_is_so_and_the_run_is_paused_once()
    {
        using var run = new FakeRun();
        using var gate = new Gate();
        run.HoldUp(gate, step: 5, wave: 2);
        await using var paused = TrainingRun.Start(run.LedgerSetup(LeftAlone.Steps));
        await gate.ReachedAsync();
        await paused.PauseAsync();
        Assert.Equal(new RunReply(true, "Pausing: the waves in flight end first."), await paused.PauseAsync());
        gate.Open();
        await paused.ReachAsync("Paused");
        Assert.Equal(new RunReply(true, "Paused after step 4 already."), await paused.PauseAsync());
        Assert.Single(SqliteJournal.Events(run.Directory), happened => happened.Event is RunPaused);

        await paused.ResumeAsync();
        Assert.Equal(RunEnd.Finished, (await paused.Completion.WaitAsync(TimeSpan.FromMinutes(1))).End);
        Assert.Equal(leftAlone.Result, run.Result());
    }

    [Fact]
    public async Task Resume_without_a_pause_is_refused()
    {
        using var run = new FakeRun();
        using var gate = new Gate();
        run.HoldUp(gate, step: 2, wave: 1);
        await using var going = TrainingRun.Start(run.LedgerSetup(LeftAlone.Steps));
        await gate.ReachedAsync();
        Assert.Equal(new RunReply(false, "The run is not paused."), await going.ResumeAsync());
    }

    [Fact]
    public async Task Resume_before_the_drain_has_ended_makes_the_run_go_on_as_if_nothing_had_been()
    {
        using var run = new FakeRun();
        using var gate = new Gate();
        run.HoldUp(gate, step: 5, wave: 2);
        await using var going = TrainingRun.Start(run.LedgerSetup(LeftAlone.Steps));
        await gate.ReachedAsync();
        await going.PauseAsync();
        Assert.Equal(new RunReply(true, "It was about to pause; it goes on."), await going.ResumeAsync());
        gate.Open();
        Assert.Equal(RunEnd.Finished, (await going.Completion.WaitAsync(TimeSpan.FromMinutes(1))).End);
        Assert.Empty(run.News.OfType<PauseBegun>());
        Assert.Equal(leftAlone.Result, run.Result());
    }

    [Fact]
    public async Task A_paused_run_that_is_stopped_is_paused_at_its_next_start()
    {
        using var run = new FakeRun();
        using var gate = new Gate();
        run.HoldUp(gate, step: 5, wave: 2);
        await using (var paused = TrainingRun.Start(run.LedgerSetup(LeftAlone.Steps)))
        {
            await gate.ReachedAsync();
            await paused.PauseAsync();
            gate.Open();
            await paused.ReachAsync("Paused");
            var outcome = await paused.StopAsync().WaitAsync(TimeSpan.FromMinutes(1));
            Assert.Equal((RunEnd.Stopped, new StepNumber(4)), (outcome.End, outcome.Step));
            Assert.Equal(new RunReply(false, "The run has ended."), await paused.PauseAsync());
            Assert.Equal(new RunReply(false, "The run has ended."), await paused.ResumeAsync());
        }

        run.Engine = new FakeEngine(FakeTask.Tokenizer);
        await using var again = TrainingRun.Start(run.LedgerSetup(LeftAlone.Steps));
        await again.ReachAsync("Paused");
        await again.ResumeAsync();
        Assert.Equal(RunEnd.Finished, (await again.Completion.WaitAsync(TimeSpan.FromMinutes(1))).End);
        Assert.Equal(leftAlone.Result, run.Result());
    }

    [Fact]
    public async Task A_pause_before_the_journal_is_read_pauses_before_the_first_step()
    {
        using var run = new FakeRun();
        await using var paused = TrainingRun.Start(run.LedgerSetup(LeftAlone.Steps));
        Assert.True((await paused.PauseAsync()).Done);
        await paused.ReachAsync("Paused");
        Assert.Equal(StepNumber.Start, (await paused.StatusAsync()).Step);
        await paused.ResumeAsync();
        Assert.Equal(RunEnd.Finished, (await paused.Completion.WaitAsync(TimeSpan.FromMinutes(1))).End);
        Assert.Equal(leftAlone.Result, run.Result());
    }

    [Theory]
    [Trait("Contract", "C3")]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    [InlineData(4)]
    public async Task A_run_that_is_paused_and_resumed_at_any_moments_ends_as_one_left_alone(int seed)
    {
        using var run = new FakeRun();
        var random = new Random(seed);
        await using var restless = TrainingRun.Start(run.LedgerSetup(LeftAlone.Steps));
        for (var pauses = 0; pauses < 12 && !restless.Completion.IsCompleted; pauses++)
        {
            await Task.Delay(random.Next(30));
            if (!(await restless.PauseAsync()).Done) break;
            if (random.Next(3) > 0) await restless.ReachAsync("Paused");
            else await Task.Delay(random.Next(10));
            if (!(await restless.ResumeAsync()).Done) break;
        }

        Assert.Equal(RunEnd.Finished, (await restless.Completion.WaitAsync(TimeSpan.FromMinutes(1))).End);
        Assert.InRange(run.News.OfType<PauseBegun>().Count(), 3, 12);
        Assert.Empty(run.News.OfType<WorkRetried>());
        Assert.Equal(leftAlone.Result, run.Result());
    }

    /// <summary>Pauses a run while it decodes the second wave of step 5, and ends its process then; tells how many waves are in the ledger.</summary>
    private static async Task<int> PauseInStepFiveAsync(FakeRun run)
    {
        using var gate = new Gate();
        run.HoldUp(gate, step: 5, wave: 2);
        await using var paused = TrainingRun.Start(run.LedgerSetup(LeftAlone.Steps));
        await gate.ReachedAsync();
        await paused.PauseAsync();
        gate.Open();
        await paused.ReachAsync("Paused");
        return Assert.IsType<RunPaused>(SqliteJournal.Events(run.Directory)[^1].Event).Waves;
    }

    private static async Task<(string State, bool Pausing)> StateAsync(TrainingRun run)
    {
        var status = await run.StatusAsync();
        return (status.State, status.Pausing);
    }
}
