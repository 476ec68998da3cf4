using System.Text.Json;
using Xunit;

namespace AttnPo.EndToEnd.Tests;

/// <summary>What a run of the shipped model remembers, asked of the real executable.</summary>
public sealed class LedgerTests
{
    private const int Steps = 4;

    // The first two steps are pruned at the end, and with them the archive's first parts.
    private static readonly string[] Small =
    [
        "evaluation.prompts=16", "threads=1", "checkpoint.every=1", "checkpoint.keep-last=2", "ledger.keep-steps=2",
        "ledger.snapshot-every=1",
    ];

    [Fact]
    [Trait("Contract", "C1")]
    public async Task The_life_of_any_group_is_shown_whether_its_run_is_live_killed_or_at_its_end()
    {
        using var folder = new RunFolder();
        using (var run = Executable.Start(folder.Train(Steps, Small)))
        {
            await RunFolder.WaitAsync(() => folder.Committed >= 1, run);
            var status = JsonDocument.Parse(await OutputAsync("status", folder.Path, "--json")).RootElement;
            Assert.True(status.GetProperty("live").GetBoolean());
            Assert.True(status.GetProperty("disk").GetProperty("rollouts").GetInt64() > 0);
            Assert.Contains("used by step 1", await OutputAsync("ledger", folder.Path, "--group", "1/0/0"), StringComparison.Ordinal);
            run.Kill();
            await run.WaitForExitAsync();
        }
        Assert.Contains(" of 4 steps committed", await OutputAsync("ledger", folder.Path), StringComparison.Ordinal);
        Assert.Contains("was the last committed", await OutputAsync("status", folder.Path), StringComparison.Ordinal);

        Assert.Equal(0, (await Executable.RunAsync("train", "--run", folder.Path)).Code);

        var events = await RowsAsync("ledger", folder.Path, "--json");
        var places = events.Select(row => row.GetProperty("seq").GetInt64()).ToList();
        Assert.Equal(Enumerable.Range(0, places.Count).Select(i => places[0] + i), places);
        Assert.Equal("run-finished", Text(events[^1], "kind"));
        Assert.Contains("events are pruned for their age", await OutputAsync("ledger", folder.Path), StringComparison.Ordinal);

        var groups = (await RowsAsync("ledger", folder.Path, "--step", "4", "--json")).Where(row => Text(row, "kind") == "group").ToList();
        Assert.NotEmpty(groups);
        Assert.All(groups, group => Assert.Contains(Text(group, "outcome"), (string[])["used", "dropped"]));
        var id = Text(groups.First(group => Text(group, "outcome") == "used"), "group");
        var life = await RowsAsync("ledger", folder.Path, "--group", id, "--json");
        Assert.Equal(("group", id), (Text(life[0], "kind"), Text(life[0], "group")));
        Assert.True(life.Count > 1);
        Assert.All(life.Skip(1), rollout =>
        {
            Assert.Equal("rollout", Text(rollout, "kind"));
            var tokens = rollout.GetProperty("tokens").GetInt32();
            Assert.Equal(tokens, rollout.GetProperty("token_ids").GetArrayLength());
            Assert.Equal(tokens, rollout.GetProperty("logprobs").GetArrayLength());
            Assert.NotEmpty(rollout.GetProperty("steps").EnumerateArray());
        });
        var shown = await OutputAsync("ledger", folder.Path, "--group", id);
        Assert.Contains("used by step 4, committed at ", shown, StringComparison.Ordinal);
        Assert.Contains($"gold: {Text(life[0], "gold")}", shown, StringComparison.Ordinal);

        await FailsAsync("step 9 is not made: step 4 was the last committed", "ledger", folder.Path, "--step", "9");
        await FailsAsync("step 4 has no group 4/9/9", "ledger", folder.Path, "--group", "4/9/9");
        await FailsAsync("is pruned", "ledger", folder.Path, "--step", "1");
        await FailsAsync("(ledger.keep-steps = 2)", "ledger", folder.Path, "--group", "1/0/0");
        var rollouts = Directory.GetFiles(Path.Combine(folder.Path, "rollouts", "step-000004"), "*0000-rollouts-*").Single();
        File.AppendAllText(rollouts, "{}\n");
        await FailsAsync("bytes, ", "ledger", folder.Path, "--group", "4/0/0", "--json");
    }

    private static async Task FailsAsync(string message, params string[] args)
    {
        var (code, output, error) = await Executable.RunAsync(args);
        Assert.Equal((1, ""), (code, output));
        Assert.Contains(message, error, StringComparison.Ordinal);
        Assert.Equal(1, error.Count(c => c == '\n'));
    }

    private static async Task<IReadOnlyList<JsonElement>> RowsAsync(params string[] args)
    {
        var lines = (await OutputAsync(args)).Split('\n', StringSplitOptions.RemoveEmptyEntries);
        return [.. lines.Select(line => JsonDocument.Parse(line).RootElement)];
    }

    private static async Task<string> OutputAsync(params string[] args)
    {
        var (code, output, error) = await Executable.RunAsync(args);
        Assert.True(code == 0, error);
        return output;
    }

    private static string Text(JsonElement row, string name) => row.GetProperty(name).GetString()!;
}
