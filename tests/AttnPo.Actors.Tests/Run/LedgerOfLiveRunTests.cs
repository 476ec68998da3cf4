using AttnPo.Actors.Protocol;
using AttnPo.Actors.Run;
using AttnPo.Actors.Tests.Fakes;
using Microsoft.Data.Sqlite;
using Xunit;
using static AttnPo.Actors.Tests.Run.LedgerReaderTests;

namespace AttnPo.Actors.Tests.Run;

/// <summary>What a run remembers, as another process reads it while the run is live, paused, or after it was killed.</summary>
public sealed class LedgerOfLiveRunTests
{
    [Fact]
    [Trait("Contract", "C1")]
    public async Task A_run_that_is_read_again_and_again_shows_all_events_in_order_each_time_and_is_not_disturbed()
    {
        using var undisturbed = new FakeRun();
        await undisturbed.RunAsync(Setup(undisturbed, keepSteps: 2));
        using var run = new FakeRun();
        var lengths = new List<long>();
        // A wave waits for a reading, so that there are many; all else of the run goes on meanwhile.
        using var read = new SemaphoreSlim(0, 1);
        run.Engine.OnGenerate = _ => Assert.True(read.Wait(TimeSpan.FromMinutes(1)));
        await using (var live = TrainingRun.Start(Setup(run, keepSteps: 2)))
        {
            while (!live.Completion.IsCompleted)
            {
                var ledger = LedgerReader.Open(run.Directory, new JournalSettings());
                var sequences = ledger.Events().Select(entry => entry.Sequence).ToArray();
                Assert.Equal(Enumerable.Range(0, sequences.Length).Select(i => sequences[0] + i), sequences);
                lengths.Add(sequences.LastOrDefault());
                if (read.CurrentCount == 0) read.Release();
            }
            Assert.Equal(RunEnd.Finished, (await live.Completion).End);
        }

        Assert.Equal(lengths.Order(), lengths);
        Assert.True(lengths.Distinct().Count() > 10, "The run was hardly read in its midst.");
        Assert.Equal(undisturbed.Result(), run.Result());
    }

    [Fact]
    public async Task The_step_under_way_is_shown_with_what_its_waves_came_to_so_far()
    {
        using var run = new FakeRun();
        using var release = new ManualResetEventSlim();
        var reached = new TaskCompletionSource();
        var waves = 0;
        run.Engine.OnGenerate = request =>
        {
            if (request.SamplesPerPrompt == 1 || request.Step != 2 || ++waves != 3) return;
            reached.TrySetResult();
            release.Wait();
        };
        await using var live = TrainingRun.Start(Setup(run));
        try
        {
            await reached.Task.WaitAsync(TimeSpan.FromMinutes(1));
            StepHistory step;
            LedgerReader ledger;
            // The first two waves are judged while the third is held up.
            using var limit = new CancellationTokenSource(TimeSpan.FromMinutes(1));
            do
            {
                limit.Token.ThrowIfCancellationRequested();
                ledger = LedgerReader.Open(run.Directory, new JournalSettings());
                step = StepHistory.Of(new StepNumber(3), ledger.Events(new StepNumber(3)));
            }
            while (step.Waves.Count(wave => wave.Judged is not null) < 2);

            Assert.Null(step.Committed);
            Assert.Equal(new StepNumber(2), ledger.Step);
            Assert.All(step.Groups, group => Assert.Null(group.Outcome));
            Assert.Null(step.Waves[2].Generated);
            Assert.Null(ledger.ReadGroup(step.Groups.First(group => group.Wave == step.Waves[2])));
            var judged = ledger.ReadGroup(step.Groups[0])!;
            Assert.All(judged.Rollouts, rollout => Assert.NotNull(rollout.Judgement));
            var unjudged = ledger.ReadGroup(step.Groups[0] with { Wave = step.Waves[0] with { Judged = null } })!;
            Assert.All(unjudged.Rollouts, rollout => Assert.Null(rollout.Judgement));
            Assert.Equal(TokensOf(judged), TokensOf(unjudged));
        }
        finally
        {
            release.Set();
        }
    }

    [Fact]
    [Trait("Contract", "C7")]
    public async Task A_paused_run_is_shown_as_paused_when_it_is_not_live_and_as_going_on_once_it_was_resumed()
    {
        using var run = new FakeRun();
        var (began, parked) = (new TaskCompletionSource(), new TaskCompletionSource());
        var setup = Setup(run) with
        {
            Observe = news =>
            {
                if (news is RunProtocol.WaveFinished { Step.Value: 2 }) began.TrySetResult();
                if (news is RunProtocol.PauseBegun) parked.TrySetResult();
            },
        };
        await using (var live = TrainingRun.Start(setup))
        {
            await began.Task.WaitAsync(TimeSpan.FromMinutes(1));
            Assert.True((await live.PauseAsync()).Done);
            await parked.Task.WaitAsync(TimeSpan.FromMinutes(1));
        }

        var paused = LedgerReader.Open(run.Directory, new JournalSettings());
        Assert.Equal("Paused", paused.Status.State);
        Assert.Equal(paused.Step, paused.Events().Select(entry => entry.Happened).OfType<RunPaused>().Single().Step);

        await using (var live = TrainingRun.Start(Setup(run)))
        {
            // Until it has read the journal it does not know that it is paused.
            while (!(await live.ResumeAsync()).Done) Assert.False(live.Completion.IsCompleted, "It was not paused.");
            Assert.Equal(RunEnd.Finished, (await live.Completion.WaitAsync(TimeSpan.FromMinutes(1))).End);
        }
        var resumed = LedgerReader.Open(run.Directory, new JournalSettings());
        Assert.Equal("Finished", resumed.Status.State);
        Assert.Single(resumed.Events(), entry => entry.Happened is RunResumed);
        Assert.Single(resumed.Events(), entry => entry.Happened is RunContinued);
    }

    [Fact]
    public async Task A_run_killed_in_the_midst_of_a_transaction_is_read_as_it_was_before_and_left_as_it_is()
    {
        using var run = new FakeRun();
        await run.RunAsync(Setup(run));
        SqliteConnection.ClearAllPools();
        var before = ReadAll(LedgerReader.Open(run.Directory, new JournalSettings())).Select(entry => entry.Sequence).ToArray();
        using var killed = new TemporaryFolder();
        using (var connection = new SqliteConnection($"Data Source={Path.Combine(run.Directory, "journal.db")};Pooling=False"))
        {
            connection.Open();
            // So small a cache that what is half done goes to the file.
            Execute(connection, "PRAGMA cache_size = 1");
            Execute(connection, "BEGIN");
            Execute(connection, "UPDATE journal SET deleted = 1, message = zeroblob(50000)");
            Execute(connection, "UPDATE snapshot SET snapshot = zeroblob(500000)");
            foreach (var file in Directory.GetFiles(run.Directory).Concat(Directory.GetFiles(Path.Combine(run.Directory, "ledger"))))
            {
                var copy = killed[Path.GetRelativePath(run.Directory, file)];
                Directory.CreateDirectory(Path.GetDirectoryName(copy)!);
                File.Copy(file, copy);
            }
            Execute(connection, "ROLLBACK");
        }
        var left = Content(killed.Path);
        Assert.Contains("journal.db-journal", left.Keys);
        Assert.Equal(8, Assert.Throws<SqliteException>(() => OpenAsIs(killed["journal.db"])).SqliteErrorCode);

        Assert.Equal(before, ReadAll(LedgerReader.Open(killed.Path, new JournalSettings())).Select(entry => entry.Sequence));

        Assert.Equal(left, Content(killed.Path));
    }

    private static IEnumerable<int[]> TokensOf(StoredGroup group) => group.Rollouts.Select(rollout => rollout.Completion.Tokens);

    private static void OpenAsIs(string file)
    {
        using var connection = new SqliteConnection($"Data Source={file};Mode=ReadOnly;Pooling=False");
        connection.Open();
        Execute(connection, "SELECT count(*) FROM journal");
    }

    private static void Execute(SqliteConnection connection, string text)
    {
        using var command = connection.CreateCommand();
        command.CommandText = text;
        command.ExecuteNonQuery();
    }
}
