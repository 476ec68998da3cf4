using System.Diagnostics;
using System.Globalization;
using AttnPo.Host.Metrics;
using AttnPo.Host.Settings;
using AttnPo.Host.Training;

namespace AttnPo.Host.Chaos;

/// <summary>What the kills came to.</summary>
/// <param name="Kills">How many fell in each phase, by name.</param>
/// <param name="Starts">Times that the disturbed run was started.</param>
/// <param name="Undisturbed">How long the run took that was left alone.</param>
/// <param name="Disturbed">How long the other took, all starts together.</param>
/// <param name="ToFirstToken">From the start of a killed run to its first decoding, of each kill that fell there.</param>
internal sealed record ChaosFigures(
    IReadOnlyDictionary<string, int> Kills, int Starts, TimeSpan Undisturbed, TimeSpan Disturbed, IReadOnlyList<TimeSpan> ToFirstToken);

/// <summary>
/// The same run twice, in processes of their own: once left alone, once killed again and again by SIGKILL and started again each
/// time, with checkpoints and saved states laid down more often, so that these are hit too.
/// </summary>
/// <param name="directory">Holds both run directories.</param>
/// <param name="settings">What both are trained with.</param>
/// <param name="arguments">Of train, shared by both.</param>
internal sealed class ChaosRuns(string directory, ResolvedSettings settings, IReadOnlyList<string> arguments)
{
    private static readonly TimeSpan Glance = TimeSpan.FromMilliseconds(20);

    private readonly Dictionary<string, int> _kills = KillPhase.All.ToDictionary(phase => phase.Name, _ => 0);
    private readonly List<TimeSpan> _toFirstToken = [];
    private double _waveSeconds = 0.1;

    /// <summary>The run that is left alone.</summary>
    public string Undisturbed => Path.Combine(directory, "undisturbed");

    /// <summary>The run that is killed.</summary>
    public string Disturbed => Path.Combine(directory, "disturbed");

    /// <summary>Makes both runs.</summary>
    /// <exception cref="WorkFailedException">One of them failed, or ended before all kills had fallen.</exception>
    public async Task<ChaosFigures> RunAsync(int kills, int seed, Action<string> report, CancellationToken cancellation)
    {
        var clock = Stopwatch.StartNew();
        await FinishAsync(Undisturbed, [], cancellation);
        var undisturbed = clock.Elapsed;
        var waves = settings.Integer("rollout.waves-per-step");
        _waveSeconds = MetricsFile.Read(Undisturbed).Where(row => row.ContainsKey("time/generate_s")).Average(row => row["time/generate_s"]) / waves;
        report($"left alone: {undisturbed.TotalSeconds.ToString("0.0", CultureInfo.InvariantCulture)} s");

        clock.Restart();
        var plan = new KillPlan(seed);
        for (var kill = 1; kill <= kills; kill++)
        {
            var life = Stopwatch.StartNew();
            var phase = await KillAsync(plan, undisturbed, cancellation)
                ?? throw new WorkFailedException($"the run ended after {kill - 1} of {kills} kills; give it more --steps, or fewer --kills");
            _kills[phase]++;
            report(string.Create(
                CultureInfo.InvariantCulture, $"kill {kill}/{kills}: {phase}, after step {Committed()}, {life.Elapsed.TotalSeconds:0.0} s after its start"));
        }
        await FinishAsync(Disturbed, [], cancellation);
        return new ChaosFigures(_kills, kills + 1, undisturbed, clock.Elapsed, _toFirstToken);
    }

    /// <summary>Starts the run and sees it killed; answers in which phase. Null: it ended before.</summary>
    private async Task<string?> KillAsync(KillPlan plan, TimeSpan undisturbed, CancellationToken cancellation)
    {
        var before = Committed();
        var isEvaluated = MetricsFile.Read(Disturbed).Any(row => row.ContainsKey("eval/accuracy"));
        var isLookedAt = MetricsFile.Read(Disturbed).Any(row => row.ContainsKey("heads/pearson"));
        var position = new RunPosition(
            settings.Integer("steps") - before, HasJournal: before > 0 || isEvaluated, HasLedgerSteps: before % KillPhase.CheckpointEvery != 0,
            Evaluates: !isEvaluated && settings.Integer("evaluation.prompts") > 0,
            Watches: before == 0 && !isLookedAt && settings.Integer("heads.every") > 0 && KeyEffects.WhySilent(settings, "heads.every") is null);
        var kill = plan.Next(position, _waveSeconds, Math.Max(1, 3 * undisturbed.TotalSeconds / settings.Integer("steps")));
        var clock = Stopwatch.StartNew();
        using var run = Start(Disturbed, kill.Fault is { } fault ? ["--fault", fault.ToString()] : []);
        var fromOutside = false;
        while (!run.HasEnded)
        {
            await Task.Delay(Glance, cancellation);
            var isDue = kill.Fault is null ? clock.Elapsed >= kill.Delay : Committed() > before + kill.Phase.Steps + KillPhase.Grace;
            if (!isDue) continue;
            fromOutside = true;
            run.Kill();
            break;
        }
        var lived = clock.Elapsed;
        var (code, error) = await run.EndAsync(cancellation);
        if (code == ExitCode.Done) return null;
        if (code != TrainingProcess.Killed) throw new WorkFailedException($"{Disturbed} was not killed but failed (exit code {code}): {error}");
        if (!fromOutside && kill.Fault is { Point: Actors.Faults.FaultPoint.Generate, After: 0 }) _toFirstToken.Add(lived - kill.Delay);
        return fromOutside ? KillPhase.All.Single(phase => phase.Points.Count == 0).Name : kill.Phase.Name;
    }

    private async Task FinishAsync(string run, string[] more, CancellationToken cancellation)
    {
        using var process = Start(run, more);
        var (code, error) = await process.EndAsync(cancellation);
        if (code != ExitCode.Done) throw new WorkFailedException($"{run} ended with exit code {code}: {error}");
    }

    private TrainingProcess Start(string run, string[] more)
    {
        // Where and how often things are laid down decides no result, so the run that is left alone keeps its own.
        string[] often = run == Disturbed
            ? ["--set", $"checkpoint.every={KillPhase.CheckpointEvery}", "--set", $"ledger.snapshot-every={KillPhase.SnapshotEvery}"] : [];
        return TrainingProcess.Start(["--run", run, .. arguments, "--set", "ledger.keep-steps=0", .. often, .. more]);
    }

    private int Committed() => (int)MetricsFile.Read(Disturbed)
        .Where(row => row.ContainsKey("train/loss")).Select(row => row["step"]).DefaultIfEmpty().Max();
}
