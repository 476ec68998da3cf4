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
        using var gate = new Gate();
        run.HoldUp(gate, step, wave);
        var cut = TrainingRun.Start(setup);
        await gate.ReachedAsync();
        var dispose = cut.DisposeAsync();
        gate.Open();
        await dispose;
        run.Engine = new FakeEngine(FakeTask.Tokenizer);
    }

    /// <summary>Has the engine wait at a gate when it is about to decode the nth wave of a step, counted in the order of the calls.</summary>
    /// <param name="run">The run.</param>
    /// <param name="gate">Where it waits.</param>
    /// <param name="step">The step.</param>
    /// <param name="wave">From 1.</param>
    /// <param name="also">What is done at each call before.</param>
    public static void HoldUp(this FakeRun run, Gate gate, long step, int wave, Action? also = null)
    {
        var waves = 0;
        run.Engine.OnGenerate = request =>
        {
            also?.Invoke();
            if (request.SamplesPerPrompt == Waves.GeneratorSettings.SamplesPerPrompt && request.Step == step - 1 && ++waves == wave) gate.Pass();
        };
    }

    /// <summary>Waits until a run is in a state, or has ended.</summary>
    public static async Task ReachAsync(this TrainingRun run, string state)
    {
        using var patience = new CancellationTokenSource(TimeSpan.FromMinutes(1));
        while ((await run.StatusAsync(patience.Token)).State is var now && now != state && now != "Ended") await Task.Delay(5, patience.Token);
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
