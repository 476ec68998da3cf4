using System.Diagnostics;
using System.Globalization;
using System.Text.RegularExpressions;
using AttnPo.Tests;
using Xunit;

namespace AttnPo.EndToEnd.Tests;

/// <summary>The chaos command: that a run bears its kills, and that the command tells where one does not.</summary>
public sealed partial class ChaosTests(PostgreSqlServer server) : IClassFixture<PostgreSqlServer>, IDisposable
{
    // Its first kills fall into the evaluation, at any moment, into a checkpoint and into training; a saved state and a recovery follow.
    // The one at any moment, which alone depends on the machine's pace, comes while there is much of the run left.
    private const int Seed = 54;

    // Four prompts a step, the least that leaves each of two waves more than one group.
    private static readonly string[] Small = ["evaluation.prompts=16", "rollout.prompts-per-step=4", "threads=1"];

    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("attnpo-");

    private string Out => Path.Combine(_folder.FullName, "chaos");

    public void Dispose() => _folder.Delete(recursive: true);

    [Fact]
    [Trait("Contract", "C2")]
    [Trait("Contract", "C3")]
    public async Task C3_kills_in_many_phases_leave_a_run_as_it_would_have_been()
    {
        const int kills = 9;
        using var chaos = Start(kills, steps: 8, Small);
        var (code, output, error) = await Executable.EndAsync(chaos);

        AssertNoDifference(kills, code, output, error);
        var killed = Killed(output);
        Assert.Equal(kills, killed.Values.Sum());
        // The first round has each phase once; a run that outlives its fault is killed from outside, which counts as any moment.
        Assert.Equal(1, killed["evaluation"]);
        Assert.InRange(killed.Values.Count(count => count > 0), kills / 2, kills);
        Assert.Contains(string.Create(CultureInfo.InvariantCulture, $"{kills + 1} starts"), output, StringComparison.Ordinal);
        Assert.Equal(5, EqualPart().Count(output));
    }

    [SkippableFact]
    [Trait("Contract", "C2")]
    [Trait("Contract", "C3")]
    public async Task C3_kills_leave_a_run_with_its_journal_on_a_server_as_it_would_have_been()
    {
        server.SkipWhereMissing();
        const int kills = 4;
        using var chaos = Start(
            kills, steps: 5, [.. Small, "journal.provider=postgresql", $"journal.connection-string=\"{server.Address}\""],
            new Dictionary<string, string> { ["ATTNPO_JOURNAL_PASSWORD"] = server.Password });
        var (code, output, error) = await Executable.EndAsync(chaos);

        AssertNoDifference(kills, code, output, error);
        Assert.Equal(kills, Killed(output).Values.Sum());
        Assert.All(["undisturbed", "disturbed"], run => Assert.False(File.Exists(Path.Combine(Out, run, "journal.db"))));
    }

    [Fact]
    [Trait("Contract", "C3")]
    public async Task A_difference_is_named_and_ends_the_command_with_1()
    {
        using var chaos = Start(kills: 1, steps: 1, Small);
        Assert.StartsWith("left alone: ", await chaos.StandardOutput.ReadLineAsync(), StringComparison.Ordinal);
        // As if the run that is killed were to come to other weights.
        var weights = Path.Combine(Out, "undisturbed", "checkpoints", "step-000001", "model.safetensors");
        var content = await File.ReadAllBytesAsync(weights);
        content[^1] ^= 1;
        await File.WriteAllBytesAsync(weights, content);
        var (code, output, error) = await Executable.EndAsync(chaos);

        Assert.Equal(1, code);
        Assert.Equal("1 kills, 1 differences", output.TrimEnd().Split('\n')[^1].TrimEnd());
        Assert.Matches("(?m)^weights +DIFFER: ", output);
        Assert.Equal(4, EqualPart().Count(output));
        Assert.Contains("the killed run differs from the one left alone", error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_run_that_ends_before_all_kills_have_fallen_is_no_proof_and_ends_the_command_with_1()
    {
        // A run of one step without evaluations can be killed at any moment alone, up to three times its length: most of those come late.
        using var chaos = Start(kills: 30, steps: 1, ["evaluation.prompts=0", "rollout.prompts-per-step=4", "threads=1"]);
        var (code, output, error) = await Executable.EndAsync(chaos);

        Assert.Equal(1, code);
        Assert.Matches(@"the run ended after \d+ of 30 kills; give it more --steps, or fewer --kills", error);
        Assert.DoesNotContain("differences", output, StringComparison.Ordinal);
    }

    private Process Start(int kills, int steps, string[] settings, IReadOnlyDictionary<string, string>? environment = null) => Executable.Start(
        environment ?? new Dictionary<string, string>(),
        ["chaos", "--kills", $"{kills}", "--steps", $"{steps}", "--seed", $"{Seed}", "--out", Out, .. settings.SelectMany(setting => new[] { "--set", setting })]);

    private static void AssertNoDifference(int kills, int code, string output, string error)
    {
        Assert.True(code == 0, error + output);
        Assert.Equal($"{kills} kills, 0 differences", output.TrimEnd().Split('\n')[^1].TrimEnd());
    }

    private static Dictionary<string, int> Killed(string output) => PhaseCount().Matches(output).ToDictionary(
        line => line.Groups[1].Value, line => int.Parse(line.Groups[2].Value, CultureInfo.InvariantCulture));

    [GeneratedRegex(@"^(\S.*?) +(\d+) killed\r?$", RegexOptions.Multiline)]
    private static partial Regex PhaseCount();

    [GeneratedRegex(@"^\S.*? +[1-9]\d* equal\r?$", RegexOptions.Multiline)]
    private static partial Regex EqualPart();
}
