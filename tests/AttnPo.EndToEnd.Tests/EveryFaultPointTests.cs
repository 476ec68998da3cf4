using Xunit;

namespace AttnPo.EndToEnd.Tests;

/// <summary>One run of the real executable that kills itself at every named point of its life, one after the other.</summary>
public sealed class EveryFaultPointTests
{
    private const int Steps = 4;

    // In an order in which each start comes to its point however far the one before it came: what a run passes at its beginning,
    // then what a step passes, then what it passes at its commit and after the second.
    private static readonly string[] Points =
    [
        "journal", "sweep", "recover", "evaluate", "probe",
        "sample", "generate", "blob-write", "blob-named", "generated", "verify", "judged", "score", "scored", "accumulate", "update",
        "commit", "committed", "retrain", "checkpoint-write", "checkpoint-named", "archive", "snapshot",
    ];

    private static readonly string[] Small = ["evaluation.prompts=16", "rollout.prompts-per-step=4", "threads=1"];

    // Where and how often things are laid down decides no result.
    private static readonly string[] Often = ["checkpoint.every=2", "ledger.snapshot-every=2"];

    [Fact]
    [Trait("Contract", "C2")]
    [Trait("Contract", "C3")]
    public async Task C3_a_run_that_was_killed_once_at_every_point_ends_like_one_left_alone()
    {
        using var alone = new RunFolder();
        using var hit = new RunFolder();
        await Executable.DoneAsync(alone.Train(Steps, Small));

        foreach (var point in Points)
        {
            var (code, _, error) = await Executable.RunAsync([.. hit.Train(Steps, [.. Small, .. Often]), "--fault", $"point={point},action=crash"]);
            Assert.True(code == Executable.Killed, $"At {point} it was to be killed but ended with {code}, after step {hit.Committed}: {error}");
        }
        await Executable.DoneAsync(hit.Train(Steps, [.. Small, .. Often]));

        Assert.Equal(alone.CheckpointHashes(Steps), hit.CheckpointHashes(Steps));
        Assert.Equal(alone.TimelessMetrics(), hit.TimelessMetrics());
    }

    [Fact]
    public async Task Every_point_that_the_executable_knows_is_hit()
    {
        var (code, _, error) = await Executable.RunAsync("train", "--run", "never-made", "--fault", "point=nonsense,action=crash");

        Assert.Equal(2, code);
        const string list = ", all are ";
        var names = error[(error.IndexOf(list, StringComparison.Ordinal) + list.Length)..];
        Assert.Equal(Points.Order(StringComparer.Ordinal), names[..names.IndexOf('.', StringComparison.Ordinal)].Split(", ").Order(StringComparer.Ordinal));
    }
}
