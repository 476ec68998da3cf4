using AttnPo.Actors.Protocol;
using AttnPo.Actors.Run;
using AttnPo.Actors.Tests.Fakes;
using Microsoft.Data.Sqlite;
using Xunit;
using static AttnPo.Actors.Protocol.RunProtocol;

namespace AttnPo.Actors.Tests.Run;

/// <summary>A journal that fails costs what is not journaled yet, and nothing else.</summary>
[Trait("Contract", "C3")]
public sealed class JournalFaultTests
{
    [Fact]
    public void A_journal_that_cannot_be_opened_stops_the_start()
    {
        using var run = new FakeRun();
        var path = Path.Combine(run.Directory, "no", "such", "folder", "j.db");
        var setup = run.Setup() with { Journal = new JournalSettings { ConnectionString = $"Data Source={path}" } };
        var fault = Assert.Throws<IOException>(() => TrainingRun.Start(setup));
        Assert.Contains(path, fault.Message);
    }

    [Fact]
    public void A_journal_that_is_no_database_stops_the_start()
    {
        using var run = new FakeRun();
        Directory.CreateDirectory(run.Directory);
        File.WriteAllText(Path.Combine(run.Directory, "journal.db"), new string('x', 5000));
        Assert.Contains("cannot be opened", Assert.Throws<IOException>(() => TrainingRun.Start(run.Setup())).Message);
    }

    [Fact]
    [Trait("Contract", "C2")]
    public async Task A_commit_that_cannot_be_journaled_ends_the_run_and_is_made_again_later()
    {
        using var undisturbed = new FakeRun();
        await undisturbed.RunAsync();
        using var run = new FakeRun();
        run.Engine.OnUpdate = version =>
        {
            if (version == 2) Execute(run, "ALTER TABLE journal RENAME TO elsewhere");
        };

        var outcome = await run.RunAsync();

        Assert.Equal((RunEnd.Failed, new StepNumber(2)), (outcome.End, outcome.Step));
        Assert.Contains("The journal could not be read", outcome.Message);
        Assert.Contains("no such table", outcome.Message);
        Assert.Contains("start the same command again", outcome.Message);
        Assert.Contains("The journal could not be written", run.News.OfType<WorkRetried>().First().Reason);
        Assert.Equal(3, run.News.OfType<WorkRetried>().Count(retried => retried.Stage == "the journal"));

        Execute(run, "ALTER TABLE elsewhere RENAME TO journal");
        run.Engine = new FakeEngine(FakeTask.Tokenizer);
        Assert.Equal(RunEnd.Finished, (await run.RunAsync()).End);
        Assert.Equal(undisturbed.Result(), run.Result());
    }

    [Fact]
    [Trait("Contract", "C3")]
    public async Task A_journal_that_is_away_for_a_while_costs_what_is_not_journaled_and_nothing_else()
    {
        using var undisturbed = new FakeRun();
        await undisturbed.RunAsync();
        using var run = new FakeRun();
        var setup = run.Setup();
        run.Engine.OnUpdate = version =>
        {
            if (version == 2 && run.News.OfType<WorkRetried>().Count() < 2) Execute(run, "ALTER TABLE journal RENAME TO elsewhere");
        };

        var outcome = await run.RunAsync(setup with
        {
            Observe = news =>
            {
                run.News.Enqueue(news);
                if (news is WorkRetried { Attempt: 2 }) Execute(run, "ALTER TABLE elsewhere RENAME TO journal");
            },
        });

        Assert.Equal(RunEnd.Finished, outcome.End);
        Assert.Equal(2, run.News.OfType<WorkRetried>().Count());
        Assert.Equal(undisturbed.Result(), run.Result());
    }

    [Fact]
    public async Task A_run_whose_coordinator_is_gone_answers_at_once()
    {
        using var run = new FakeRun();
        run.Engine.OnUpdate = version =>
        {
            if (version == 1) Execute(run, "ALTER TABLE journal RENAME TO elsewhere");
        };
        await using var failed = TrainingRun.Start(run.Setup() with { AkkaLogLevel = "OFF" });
        Assert.Equal(RunEnd.Failed, (await failed.Completion.WaitAsync(TimeSpan.FromMinutes(1))).End);
        // Until it is gone, which may lose a question or two.
        RunStatus? status = null;
        while (status is null)
        {
            using var patience = new CancellationTokenSource(TimeSpan.FromSeconds(1));
            try
            {
                status = await failed.StatusAsync(patience.Token);
            }
            catch (OperationCanceledException)
            {
                // Asked while it went.
            }
        }
        Assert.Equal(("Ended", new StepNumber(1), new PolicyVersion(1)), (status.State, status.Step, status.Policy));
        RunReply[] late = [await failed.PauseAsync(), await failed.ResumeAsync(), await failed.CheckpointAsync()];
        Assert.All(late, reply => Assert.Equal(new RunReply(false, "The run has ended."), reply));
    }

    private static void Execute(FakeRun run, string statement)
    {
        using var connection = new SqliteConnection($"Data Source={Path.Combine(run.Directory, "journal.db")}");
        connection.Open();
        using var command = connection.CreateCommand();
        // The journal writes at any moment: the lock comes first.
        command.CommandText = $"BEGIN EXCLUSIVE; {statement}; COMMIT";
        command.ExecuteNonQuery();
    }
}
