using Xunit;

namespace AttnPo.Host.Tests.Chaos;

/// <summary>What chaos refuses before it starts anything.</summary>
public sealed class ChaosCommandTests
{
    [Theory]
    [InlineData("undisturbed")]
    [InlineData("disturbed")]
    public async Task A_folder_that_holds_one_of_its_runs_is_refused_and_left_as_it_is(string run)
    {
        using var folder = new TemporaryFolder();
        Directory.CreateDirectory(folder.File(run));

        var (code, output, error) = await RunAsync("--out", folder.Path);

        Assert.Equal((ExitCode.WrongArguments, ""), (code, output));
        Assert.StartsWith($"attnpo: --out: {folder.File(run)} is there already; ", error, StringComparison.Ordinal);
        Assert.Equal([folder.File(run)], Directory.EnumerateFileSystemEntries(folder.Path, "*", SearchOption.AllDirectories));
    }

    [Theory]
    [InlineData("--kills", "0")]
    [InlineData("--set", "nonsense=1")]
    [InlineData("--steps", "0")]
    public async Task Settings_and_kills_that_cannot_be_are_refused_and_nothing_is_made(string option, string value)
    {
        using var folder = new TemporaryFolder();

        var (code, output, error) = await RunAsync("--out", folder.File("chaos"), option, value);

        Assert.Equal((ExitCode.WrongArguments, ""), (code, output));
        Assert.Equal(1, error.Count(c => c == '\n'));
        Assert.False(Directory.Exists(folder.File("chaos")));
    }

    private static async Task<(int Code, string Output, string Error)> RunAsync(params string[] args)
    {
        using var output = new StringWriter { NewLine = "\n" };
        using var error = new StringWriter { NewLine = "\n" };
        var code = await CommandLine.RunAsync(["chaos", .. args], output, error);
        return (code, output.ToString(), error.ToString());
    }
}
