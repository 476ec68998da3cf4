using AttnPo.Actors.Protocol;
using AttnPo.Actors.Run;
using AttnPo.Actors.Tests.Fakes;
using Xunit;

namespace AttnPo.Actors.Tests.Run;

public sealed class PostgreSqlJournalTests
{
    private const string Variable = "ATTNPO_TEST_POSTGRES";

    [SkippableFact]
    public async Task A_run_on_a_server_ends_as_one_on_a_file_and_goes_on_from_it()
    {
        var server = Environment.GetEnvironmentVariable(Variable);
        Skip.If(string.IsNullOrEmpty(server), $"{Variable} names no server (a connection string).");
        using var onFile = new FakeRun();
        await onFile.RunAsync();
        using var onServer = new FakeRun();
        var journal = new JournalSettings { Provider = JournalProvider.PostgreSql, ConnectionString = server! };

        Assert.Equal(RunEnd.Finished, (await onServer.RunAsync(onServer.Setup(steps: 2) with { Journal = journal })).End);
        Assert.Equal(RunEnd.Finished, (await onServer.RunAsync(onServer.Setup() with { Journal = journal })).End);

        Assert.Equal(onFile.Result(), onServer.Result());
        Assert.False(File.Exists(Path.Combine(onServer.Directory, "journal.db")));
    }

    [Fact]
    public void A_server_without_a_connection_string_is_refused()
    {
        using var run = new FakeRun();
        var setup = run.Setup() with { Journal = new JournalSettings { Provider = JournalProvider.PostgreSql } };
        Assert.Contains("needs a connection string", Assert.Throws<ArgumentException>(() => TrainingRun.Start(setup)).Message);
    }
}
