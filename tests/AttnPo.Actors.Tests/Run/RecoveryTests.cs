using AttnPo.Actors.Protocol;
using AttnPo.Actors.Run;
using AttnPo.Actors.Tests.Fakes;
using Xunit;
using static AttnPo.Actors.Protocol.RunProtocol;

namespace AttnPo.Actors.Tests.Run;

/// <summary>
/// A run that ends abruptly and is started again ends as one left alone. "Abruptly": the actor system goes down at once, wherever it
/// is; what the process would have had in memory is gone.
/// </summary>
[Trait("Contract", "C3")]
public sealed class RecoveryTests
{
    [Fact]
    public async Task Two_runs_left_alone_are_equal()
    {
        using var first = new FakeRun();
        using var second = new FakeRun();
        await first.RunAsync();
        await second.RunAsync();
        Assert.Equal(first.Result(), second.Result());
    }

    [Fact]
    public async Task Runs_of_different_seeds_differ_in_what_they_sample_and_learn()
    {
        using var first = new FakeRun();
        using var second = new FakeRun();
        await first.RunAsync();
        var setup = second.Setup();
        await second.RunAsync(setup with { Run = setup.Run with { Seed = 8 } });
        var (ofFirst, ofSecond) = (first.Result(), second.Result());
        Assert.NotEqual(ofFirst["checkpoints/step-000004/weights.txt"], ofSecond["checkpoints/step-000004/weights.txt"]);
        Assert.DoesNotContain(ofFirst.Keys.Intersect(ofSecond.Keys), name => name.StartsWith("rollouts", StringComparison.Ordinal));
    }

    [Theory]
    [InlineData(1, 1)]
    [InlineData(2, 3)]
    [InlineData(3, 2)]
    [InlineData(100, 1)]
    [InlineData(3, 100)]
    public async Task How_often_checkpoints_and_states_are_saved_decides_no_result(int checkpointEvery, int snapshotEvery)
    {
        using var undisturbed = new FakeRun();
        await undisturbed.RunAsync(undisturbed.Setup(steps: 7));
        using var run = new FakeRun();
        RunSetup Setup(int steps)
        {
            var setup = run.Setup(steps);
            return setup with { Run = setup.Run with { Retention = new RetentionSettings { CheckpointEvery = checkpointEvery, SnapshotEvery = snapshotEvery } } };
        }

        // The last step of each start has a checkpoint; the cut leaves steps in the ledger.
        foreach (var steps in (int[])[5, 6, 7])
        {
            var reached = new TaskCompletionSource();
            await using (var cut = TrainingRun.Start(Setup(7) with
            {
                Observe = news =>
                {
                    if (news is WaveFinished wave && wave.Step.Value == steps) reached.TrySetResult();
                },
            })) await reached.Task.WaitAsync(TimeSpan.FromMinutes(1));
            run.Engine = new FakeEngine(FakeTask.Tokenizer);
        }
        var generated = 0;
        run.Engine.OnGenerate = request => Interlocked.Add(ref generated, request is { SamplesPerPrompt: 4 } ? 1 : 0);
        Assert.Equal(RunEnd.Finished, (await run.RunAsync(Setup(7))).End);

        Assert.InRange(generated, 0, 3);
        Assert.Equal(undisturbed.Outcome(), run.Outcome());
    }

    [Theory]
    [Trait("Contract", "C2")]
    [InlineData(1)]
    [InlineData(3)]
    public async Task A_run_cut_off_between_update_and_commit_makes_the_step_again(long version)
    {
        using var undisturbed = new FakeRun();
        await undisturbed.RunAsync();
        using var run = new FakeRun();
        var (saved, release) = (new TaskCompletionSource(), new ManualResetEventSlim());
        run.Engine.AfterSave = at =>
        {
            if (at != version) return;
            saved.TrySetResult();
            release.Wait();
        };

        var cut = TrainingRun.Start(run.Setup());
        await saved.Task.WaitAsync(TimeSpan.FromMinutes(1));
        var dispose = cut.DisposeAsync();
        release.Set();
        await dispose;

        run.Engine = new FakeEngine(FakeTask.Tokenizer);
        Assert.Equal(RunEnd.Finished, (await run.RunAsync()).End);
        Assert.Equal(undisturbed.Result(), run.Result());
        var opened = run.News.OfType<RunOpened>().Last();
        Assert.Equal((new StepNumber(version - 1), true), (opened.Committed, opened.Continued));
    }

    [Theory]
    [InlineData(typeof(StepFinished), 1)]
    [InlineData(typeof(StepFinished), 2)]
    [InlineData(typeof(StepFinished), 4)]
    [InlineData(typeof(EvaluationFinished), 0)]
    [InlineData(typeof(EvaluationFinished), 2)]
    [InlineData(typeof(WaveFinished), 3)]
    public async Task A_run_cut_off_after_any_news_goes_on_to_the_same_end(Type news, long step)
    {
        using var undisturbed = new FakeRun();
        await undisturbed.RunAsync();
        using var run = new FakeRun();
        var reached = new TaskCompletionSource();
        var setup = run.Setup() with
        {
            Observe = happened =>
            {
                if (happened.GetType() == news && StepOf(happened) == step) reached.TrySetResult();
            },
        };

        await using (TrainingRun.Start(setup)) await reached.Task.WaitAsync(TimeSpan.FromMinutes(1));

        run.Engine = new FakeEngine(FakeTask.Tokenizer);
        Assert.Equal(RunEnd.Finished, (await run.RunAsync()).End);
        Assert.Equal(undisturbed.Result(), run.Result());
    }

    [Fact]
    public async Task What_no_event_names_is_swept_and_metrics_are_made_equal_to_the_journal()
    {
        using var undisturbed = new FakeRun();
        await undisturbed.RunAsync();
        using var half = new FakeRun();
        await half.RunAsync(half.Setup(steps: 2));
        Directory.CreateDirectory(Path.Combine(half.Directory, "checkpoints", "step-000009"));
        Directory.CreateDirectory(Path.Combine(half.Directory, "checkpoints", ".step-000003.tmp"));
        Directory.CreateDirectory(Path.Combine(half.Directory, "rollouts", "step-000003"));
        File.WriteAllText(Path.Combine(half.Directory, "rollouts", "step-000003", "wave-0000-rollouts-ab.jsonl"), "{}");
        File.WriteAllText(Path.Combine(half.Directory, "rollouts", "step-000001", ".wave-0000-rollouts-1.tmp"), "{");
        var metrics = Path.Combine(half.Directory, "metrics.jsonl");
        File.WriteAllText(metrics, File.ReadAllText(metrics)[..^40]);

        await half.RunAsync();

        Assert.Equal(undisturbed.Result(), half.Result());
    }

    [Fact]
    public async Task A_checkpoint_that_was_altered_stops_the_start_with_its_name()
    {
        using var run = new FakeRun();
        await run.RunAsync(run.Setup(steps: 2));
        var file = Path.Combine(run.Directory, "checkpoints", "step-000002", "weights.txt");
        File.WriteAllText(file, new string('0', (int)new FileInfo(file).Length));

        var outcome = await run.RunAsync();

        Assert.Equal((RunEnd.Failed, new StepNumber(2)), (outcome.End, outcome.Step));
        Assert.Contains("weights.txt is not what was committed", outcome.Message);
    }

    [Fact]
    public async Task Other_settings_are_refused_and_nothing_is_touched()
    {
        using var run = new FakeRun();
        await run.RunAsync(run.Setup(steps: 1));
        var before = run.Result();
        var setup = run.Setup();

        var outcome = await run.RunAsync(setup with { Run = setup.Run with { SettingsHash = "h2" } });

        Assert.Equal(RunEnd.Refused, outcome.End);
        Assert.Contains("other settings", outcome.Message);
        Assert.Equal(before, run.Result());
    }

    [Fact]
    public async Task A_lost_journal_is_refused_before_checkpoints_are_swept()
    {
        using var run = new FakeRun();
        await run.RunAsync(run.Setup(steps: 1));
        Microsoft.Data.Sqlite.SqliteConnection.ClearAllPools();
        File.Delete(Path.Combine(run.Directory, "journal.db"));
        var before = run.Result();

        var outcome = await run.RunAsync();

        Assert.Equal(RunEnd.Refused, outcome.End);
        Assert.Equal(before, run.Result());
    }

    [Fact]
    public async Task A_finished_run_given_no_more_steps_ends_at_once_without_an_engine()
    {
        using var run = new FakeRun();
        await run.RunAsync();
        var setup = run.Setup() with { CreateLearner = () => throw new InvalidOperationException("must not be called") };
        Assert.Equal(RunEnd.Finished, (await run.RunAsync(setup)).End);
    }

    [Fact]
    public async Task A_second_process_in_the_same_directory_is_refused()
    {
        using var run = new FakeRun();
        Assert.False(TrainingRun.IsUnderWay(run.Directory));
        await using (TrainingRun.Start(run.Setup()))
        {
            Assert.True(TrainingRun.IsUnderWay(run.Directory));
            var refusal = Assert.Throws<IOException>(() => TrainingRun.Start(run.Setup()));
            Assert.Contains("another process runs in it", refusal.Message);
        }
        Assert.False(TrainingRun.IsUnderWay(run.Directory));
    }

    [Fact]
    public async Task Stop_ends_at_the_commit_of_the_step_under_way_and_the_run_goes_on_later()
    {
        using var undisturbed = new FakeRun();
        await undisturbed.RunAsync();
        using var run = new FakeRun();
        var began = new TaskCompletionSource();
        var setup = run.Setup() with
        {
            Observe = news =>
            {
                if (news is WaveFinished { Step.Value: 2 }) began.TrySetResult();
            },
        };
        await using (var stopped = TrainingRun.Start(setup))
        {
            await began.Task.WaitAsync(TimeSpan.FromMinutes(1));
            var outcome = await stopped.StopAsync().WaitAsync(TimeSpan.FromMinutes(1));
            Assert.Equal(RunEnd.Stopped, outcome.End);
            Assert.InRange(outcome.Step.Value, 2, 3);
        }

        await run.RunAsync();
        Assert.Equal(undisturbed.Result(), run.Result());
    }

    private static long StepOf(IRunProgress news) => news switch
    {
        StepFinished finished => finished.Step.Value,
        EvaluationFinished evaluated => evaluated.Step.Value,
        WaveFinished wave => wave.Step.Value,
        _ => -1,
    };
}
