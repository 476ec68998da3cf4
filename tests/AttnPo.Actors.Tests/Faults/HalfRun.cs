using System.Security.Cryptography;
using AttnPo.Actors.Faults;
using AttnPo.Actors.Protocol;
using AttnPo.Actors.Run;
using AttnPo.Actors.Tests.Fakes;
using Xunit;

namespace AttnPo.Actors.Tests.Faults;

/// <summary>
/// A run of eight steps left alone, and one that was cut off in its sixth: steps 4 and 5 are in its ledger alone, and so are waves of
/// step 6. Checkpoints, saved states and evaluations follow at 6 and 8.
/// </summary>
public sealed class HalfRun : IAsyncLifetime
{
    private const int Steps = 8;
    private readonly FakeRun _half = new();

    /// <summary>What the run left alone has left.</summary>
    internal SortedDictionary<string, string> Undisturbed { get; private set; } = [];

    public async Task InitializeAsync()
    {
        using var run = new FakeRun();
        await run.RunAsync(Settings(run));
        Undisturbed = run.Result();
        await _half.CutOffAsync(Settings(_half), step: 6, wave: 3);
    }

    public Task DisposeAsync()
    {
        _half.Dispose();
        return Task.CompletedTask;
    }

    /// <summary>A copy of the run that was cut off.</summary>
    internal FakeRun Copy()
    {
        var run = new FakeRun();
        _half.CopyTo(run);
        return run;
    }

    internal RunSetup Settings(FakeRun run) => run.LedgerSetup(Steps) with { HeadWatch = WatchedRuns.Watch(every: 2) };

    /// <summary>Goes on with a run under faults, and makes sure that each has acted.</summary>
    internal async Task<RunOutcome> GoOnAsync(FakeRun run, RunSetup setup, params Fault[] faults)
    {
        var acted = 0;
        // Before each fault another one at the same passings, which counts instead of killing.
        var counted = faults.SelectMany(fault => new[] { fault with { Action = FaultAction.Crash, Delay = TimeSpan.Zero }, fault });
        var outcome = await run.RunAsync(setup with { Faults = new FaultPlan([.. counted], () => Interlocked.Increment(ref acted)) });
        if (faults.All(fault => fault.Times != Fault.Always)) Assert.Equal(faults.Sum(fault => fault.Times), acted);
        else Assert.NotEqual(0, acted);
        return outcome;
    }

    /// <summary>Goes on as another process does, without faults.</summary>
    internal Task<RunOutcome> GoOnAsync(FakeRun run)
    {
        run.Engine = new FakeEngine(FakeTask.Tokenizer);
        return run.RunAsync(Settings(run));
    }

    /// <summary>The run is at the end that one left alone comes to, and has left nothing half-written.</summary>
    internal void AssertUndisturbed(FakeRun run)
    {
        Assert.Equal(Undisturbed, run.Result());
        Assert.Empty(Directory.GetFileSystemEntries(run.Directory, "*.tmp", SearchOption.AllDirectories));
    }

    /// <summary>The one file of the ledger whose content is not what its name says.</summary>
    internal static string DamagedFile(FakeRun run) => Assert.Single(
        Directory.GetFiles(Path.Combine(run.Directory, "rollouts"), "*.jsonl", SearchOption.AllDirectories),
        file => !file.EndsWith($"-{Convert.ToHexStringLower(SHA256.HashData(File.ReadAllBytes(file)))}.jsonl", StringComparison.Ordinal));
}
