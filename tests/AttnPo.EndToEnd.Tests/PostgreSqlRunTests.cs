using System.Text;
using AttnPo.Tests;
using Xunit;

namespace AttnPo.EndToEnd.Tests;

/// <summary>The real executable with its journal on a server, as settings and environment name it.</summary>
public sealed class PostgreSqlRunTests(PostgreSqlServer server) : IClassFixture<PostgreSqlServer>
{
    private const int Steps = 3;

    private static readonly string[] Small = ["evaluation.prompts=16", "threads=1"];

    [SkippableFact]
    [Trait("Contract", "C2")]
    [Trait("Contract", "C3")]
    public async Task A_run_with_its_journal_on_a_server_that_was_killed_ends_like_one_with_a_file_left_alone()
    {
        server.SkipWhereMissing();
        using var alone = new RunFolder();
        using var killed = new RunFolder();
        Assert.Equal(0, (await Executable.RunAsync(alone.Train(Steps, Small))).Code);

        using (var run = Start(killed))
        {
            await RunFolder.WaitAsync(() => killed.Committed >= 1, run);
            run.Kill();
            await run.WaitForExitAsync();
        }
        Assert.InRange(killed.Committed, 1, Steps - 1);
        using var ledger = Executable.Start(Environment, "ledger", killed.Path, "--group", "1/0/0");
        Assert.Contains("used by step 1, committed at", (await Executable.EndAsync(ledger)).Output, StringComparison.Ordinal);
        using var again = Start(killed);
        var (code, output, error) = await Executable.EndAsync(again);

        Assert.True(code == 0, error);
        Assert.Contains("going on after step", output, StringComparison.Ordinal);
        Assert.Equal(alone.CheckpointHashes(Steps), killed.CheckpointHashes(Steps));
        Assert.Equal(alone.TimelessMetrics(), killed.TimelessMetrics());
        Assert.False(File.Exists(Path.Combine(killed.Path, "journal.db")));
    }

    [SkippableFact]
    [Trait("Contract", "C9")]
    public async Task The_password_of_the_server_stands_in_no_file_of_the_run()
    {
        server.SkipWhereMissing();
        using var folder = new RunFolder();
        using var run = Start(folder, "log.level=debug");
        var (code, output, error) = await Executable.EndAsync(run);

        Assert.True(code == 0, error);
        var password = Encoding.UTF8.GetBytes(server.Password);
        var files = Directory.GetFiles(folder.Path, "*", SearchOption.AllDirectories);
        Assert.Contains(files, file => Path.GetFileName(file) == "settings.conf");
        Assert.Contains(files, file => Path.GetFileName(file) == "attnpo.log");
        Assert.All(files, file => Assert.Equal(-1, File.ReadAllBytes(file).AsSpan().IndexOf(password)));
        Assert.DoesNotContain(server.Password, output + error, StringComparison.Ordinal);
    }

    private Dictionary<string, string> Environment => new() { ["ATTNPO_JOURNAL_PASSWORD"] = server.Password };

    private System.Diagnostics.Process Start(RunFolder folder, params string[] settings) => Executable.Start(
        Environment,
        folder.Train(Steps, [.. Small, .. settings, "journal.provider=postgresql", $"journal.connection-string=\"{server.Address}\""]));
}
