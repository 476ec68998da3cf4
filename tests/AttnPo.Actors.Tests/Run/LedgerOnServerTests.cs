using AttnPo.Actors.Run;
using AttnPo.Actors.Tests.Fakes;
using AttnPo.Tests;
using Xunit;

namespace AttnPo.Actors.Tests.Run;

/// <summary>What a run remembers whose journal is on a server.</summary>
public sealed class LedgerOnServerTests(PostgreSqlServer server) : IClassFixture<PostgreSqlServer>
{
    [SkippableFact]
    public async Task A_run_on_a_server_is_read_as_one_on_a_file_as_long_as_the_server_is_there()
    {
        server.SkipWhereMissing();
        using var onFile = new FakeRun();
        await onFile.RunAsync(LedgerReaderTests.Setup(onFile, keepSteps: 2));
        using var onServer = new FakeRun();
        var journal = new JournalSettings { Provider = JournalProvider.PostgreSql, ConnectionString = server.ConnectionString };
        Directory.CreateDirectory(onServer.Directory);
        File.WriteAllText(Path.Combine(onServer.Directory, "run.id"), "named");
        Assert.Null(LedgerReader.Open(onServer.Directory, journal).Started);

        await onServer.RunAsync(LedgerReaderTests.Setup(onServer, keepSteps: 2) with { Journal = journal });

        var (file, ledger) = (LedgerReader.Open(onFile.Directory, new JournalSettings()), LedgerReader.Open(onServer.Directory, journal));
        Assert.Equal(Kinds(file), Kinds(ledger));
        Assert.Equal("Finished", ledger.Status.State);
        Assert.Equal(file.Status.Groups.Used, ledger.Status.Groups.Used);

        await server.StopAsync();
        var fault = Assert.Throws<IOException>(() => LedgerReader.Open(onServer.Directory, journal));
        Assert.Contains("journal cannot be read", fault.Message);
        Assert.DoesNotContain(server.Password, fault.Message);

        // Which of two waves is journaled first is a matter of chance.
        static IEnumerable<string> Kinds(LedgerReader ledger) => ledger.Events().Select(entry => entry.Kind).Order(StringComparer.Ordinal);
    }
}
