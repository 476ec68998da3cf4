using AttnPo.Actors.Run;

namespace AttnPo.Actors.Tests.Fakes;

/// <summary>Runs whose checkpoints lie three steps apart and whose saved states two, and what befalls them from outside.</summary>
internal static class LedgerRuns
{
    public static RunSetup LedgerSetup(this FakeRun run, int steps, int keepSteps = 0)
    {
        var setup = run.Setup(steps);
        return setup with
        {
            Run = setup.Run with
            {
                Retention = new RetentionSettings { CheckpointEvery = 3, SnapshotEvery = 2, KeepCheckpoints = 2, KeepSteps = keepSteps },
            },
        };
    }

    /// <summary>
    /// Runs until the engine is about to decode the nth wave of a step, and ends the run there as a kill would: what it had in memory
    /// is gone, its engine too.
    /// </summary>
    public static async Task CutOffAsync(this FakeRun run, RunSetup setup, long step, int wave)
    {
        var reached = new TaskCompletionSource();
        using var release = new ManualResetEventSlim();
        var waves = 0;
        run.Engine.OnGenerate = request =>
        {
            if (request.SamplesPerPrompt != 4 || request.Step != step - 1 || ++waves != wave) return;
            reached.TrySetResult();
            release.Wait();
        };
        var cut = TrainingRun.Start(setup);
        await reached.Task.WaitAsync(TimeSpan.FromMinutes(1));
        var dispose = cut.DisposeAsync();
        release.Set();
        await dispose;
        run.Engine = new FakeEngine(FakeTask.Tokenizer);
    }

    /// <summary>The directory of a run as another one finds it.</summary>
    public static void CopyTo(this FakeRun run, FakeRun other)
    {
        foreach (var file in Directory.GetFiles(run.Directory, "*", SearchOption.AllDirectories))
        {
            var copy = Path.Combine(other.Directory, Path.GetRelativePath(run.Directory, file));
            Directory.CreateDirectory(Path.GetDirectoryName(copy)!);
            File.Copy(file, copy);
        }
    }

    /// <summary>What the actors of all its starts have logged.</summary>
    public static string Log(this FakeRun run) => File.ReadAllText(Path.Combine(run.Directory, "log", "attnpo.log"));
}
