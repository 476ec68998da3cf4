using AttnPo.Actors.Protocol;
using AttnPo.Actors.Run;
using AttnPo.Actors.Tests.Fakes;
using AttnPo.Tests;
using Npgsql;
using Xunit;
using static AttnPo.Actors.Protocol.RunProtocol;

namespace AttnPo.Actors.Tests.Run;

/// <summary>What holds for a journal in a file holds for one on a server that several runs share, and that can go away.</summary>
public sealed class PostgreSqlJournalTests(PostgreSqlServer server) : IClassFixture<PostgreSqlServer>
{
    [SkippableFact]
    public async Task A_run_on_a_server_ends_as_one_on_a_file_and_goes_on_from_it()
    {
        server.SkipWhereMissing();
        using var onFile = new FakeRun();
        await onFile.RunAsync();
        using var onServer = new FakeRun();

        Assert.Equal(RunEnd.Finished, (await onServer.RunAsync(OnServer(onServer, steps: 2))).End);
        Assert.Equal(RunEnd.Finished, (await onServer.RunAsync(OnServer(onServer))).End);

        Assert.Equal(onFile.Result(), onServer.Result());
        Assert.Equal((new StepNumber(2), true), Opened(onServer));
        Assert.False(File.Exists(Path.Combine(onServer.Directory, "journal.db")));
    }

    [SkippableFact]
    public async Task Runs_that_begin_at_once_share_a_server_that_holds_nothing_yet()
    {
        server.SkipWhereMissing();
        using var alone = new FakeRun();
        await alone.RunAsync();
        await using (var connection = new NpgsqlConnection(server.ConnectionString))
        {
            await connection.OpenAsync();
            await using var create = new NpgsqlCommand("CREATE DATABASE fresh", connection);
            await create.ExecuteNonQueryAsync();
        }
        FakeRun[] runs = [new(), new(), new()];
        try
        {
            var ends = await Task.WhenAll(runs.Select(run => run.RunAsync(OnServer(run, database: "fresh"))));
            Assert.All(ends, end => Assert.Equal((RunEnd.Finished, ""), (end.End, end.Message)));
            Assert.All(runs, run => Assert.Equal(alone.Result(), run.Result()));
        }
        finally
        {
            foreach (var run in runs) run.Dispose();
        }
    }

    [SkippableTheory]
    [Trait("Contract", "C2")]
    [Trait("Contract", "C3")]
    [InlineData(typeof(StepFinished), 2)]
    [InlineData(typeof(EvaluationFinished), 2)]
    [InlineData(typeof(WaveFinished), 3)]
    public async Task A_run_on_a_server_that_is_cut_off_ends_as_one_left_alone(Type news, long step)
    {
        server.SkipWhereMissing();
        using var undisturbed = new FakeRun();
        await undisturbed.RunAsync();
        using var run = new FakeRun();
        var reached = new TaskCompletionSource();
        var setup = OnServer(run) with
        {
            Observe = happened =>
            {
                var at = happened switch
                {
                    StepFinished finished => finished.Step,
                    EvaluationFinished evaluated => evaluated.Step,
                    WaveFinished wave => wave.Step,
                    _ => StepNumber.Start,
                };
                if (happened.GetType() == news && at.Value == step) reached.TrySetResult();
            },
        };

        await using (TrainingRun.Start(setup)) await reached.Task.WaitAsync(TimeSpan.FromMinutes(1));

        run.Engine = new FakeEngine(FakeTask.Tokenizer);
        Assert.Equal(RunEnd.Finished, (await run.RunAsync(OnServer(run))).End);
        Assert.True(Opened(run).Continued);
        Assert.Equal(undisturbed.Result(), run.Result());
    }

    [SkippableFact]
    [Trait("Contract", "C2")]
    public async Task A_server_that_goes_away_ends_the_run_which_goes_on_when_it_is_back()
    {
        server.SkipWhereMissing();
        using var undisturbed = new FakeRun();
        await undisturbed.RunAsync();
        using var run = new FakeRun();
        run.Engine.OnUpdate = version =>
        {
            if (version == 2) server.StopAsync().GetAwaiter().GetResult();
        };

        var ended = await run.RunAsync(OnServer(run));
        run.Engine = new FakeEngine(FakeTask.Tokenizer);
        var refusal = Assert.Throws<IOException>(() => TrainingRun.Start(OnServer(run)));
        await server.StartAsync();
        var finished = await run.RunAsync(OnServer(run));

        Assert.Equal((RunEnd.Failed, new StepNumber(2)), (ended.End, ended.Step));
        Assert.Contains("The journal could not be ", ended.Message);
        Assert.Contains("The journal could not be written", run.News.OfType<RunProtocol.WorkRetried>().First().Reason);
        Assert.Contains("see that the journal can be reached", ended.Message);
        Assert.Matches("The journal's server .* cannot be used: .* See that it runs", refusal.Message);
        Assert.Equal(RunEnd.Finished, finished.End);
        Assert.Equal((new StepNumber(2), true), Opened(run));
        Assert.Equal(undisturbed.Result(), run.Result());
    }

    [SkippableFact]
    [Trait("Contract", "C9")]
    public void A_server_that_does_not_take_the_password_is_refused_with_its_reason_and_without_the_password()
    {
        server.SkipWhereMissing();
        using var run = new FakeRun();
        var journal = OnServer(run).Journal with { ConnectionString = $"{server.Address};Password=not-this-one" };

        var refusal = Assert.Throws<IOException>(() => TrainingRun.Start(run.Setup() with { Journal = journal }));

        Assert.Contains("password authentication failed", refusal.Message);
        Assert.DoesNotContain("not-this-one", refusal.ToString());
    }

    [Fact]
    public void A_server_without_a_connection_string_is_refused()
    {
        using var run = new FakeRun();
        var setup = run.Setup() with { Journal = new JournalSettings { Provider = JournalProvider.PostgreSql } };
        Assert.Contains("needs a connection string", Assert.Throws<ArgumentException>(() => TrainingRun.Start(setup)).Message);
    }

    private RunSetup OnServer(FakeRun run, int steps = 4, string database = "postgres") => run.Setup(steps) with
    {
        Journal = new JournalSettings
        {
            Provider = JournalProvider.PostgreSql,
            ConnectionString = new NpgsqlConnectionStringBuilder(server.ConnectionString) { Database = database }.ConnectionString,
        },
    };

    private static (StepNumber Committed, bool Continued) Opened(FakeRun run)
    {
        var opened = run.News.OfType<RunOpened>().Last();
        return (opened.Committed, opened.Continued);
    }
}
