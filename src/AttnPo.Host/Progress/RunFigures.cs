using System.Globalization;
using AttnPo.Gpu;
using static AttnPo.Actors.Protocol.RunProtocol;

namespace AttnPo.Host.Progress;

/// <summary>What a display shows of a run: a fold over its news.</summary>
internal sealed class RunFigures
{
    // Enough steps to smooth, few enough to follow a run that gets faster as its responses get shorter.
    private const int RateWindow = 8;

    private static readonly string[] Stages = ["generate", "verify", "score", "train", "commit"];

    private readonly Queue<double> _stepSeconds = new();

    /// <summary>Steps of the run.</summary>
    public int Steps { get; private set; }

    /// <summary>The last committed step.</summary>
    public long Committed { get; private set; }

    /// <summary>Waves of the step under way that are done, and all of them.</summary>
    public (int Done, int All) Waves { get; private set; }

    /// <summary>Figures of the last step.</summary>
    public IReadOnlyDictionary<string, double> Last { get; private set; } = new Dictionary<string, double>();

    /// <summary>Takes a run's news.</summary>
    public void Apply(IRunProgress news)
    {
        switch (news)
        {
            case RunOpened opened:
                (Steps, Committed) = (opened.Steps, opened.Committed.Value);
                break;
            case StepBegun begun:
                Waves = (0, begun.Waves);
                break;
            case WaveFinished wave:
                Waves = (wave.Done, wave.Waves);
                break;
            case StepFinished step:
                (Committed, Last, Waves) = (step.Step.Value, step.Metrics, (0, Waves.All));
                _stepSeconds.Enqueue(Last.GetValueOrDefault("time/step_s"));
                if (_stepSeconds.Count > RateWindow) _stepSeconds.Dequeue();
                break;
        }
    }

    /// <summary>Seconds of a step, as the last few were; null before the first.</summary>
    public double? SecondsPerStep => _stepSeconds.Count == 0 ? null : _stepSeconds.Average();

    /// <summary>How long the rest will take if it goes on like this.</summary>
    public TimeSpan? TimeLeft => SecondsPerStep is { } seconds ? TimeSpan.FromSeconds(seconds * (Steps - Committed)) : null;

    /// <summary>A figure of the last step, formatted; a dash where it has none.</summary>
    public string Figure(string key, string format) =>
        Last.TryGetValue(key, out var value) ? value.ToString(format, CultureInfo.InvariantCulture) : "-";

    /// <summary>The stage times of the last step.</summary>
    public string StageTimes => string.Join(", ", Stages.Select(stage => $"{stage} {Figure($"time/{stage}_s", "0.00")}"));

    /// <summary>Says so where the last step had nothing to learn from; empty where it had.</summary>
    public string WithoutSignal =>
        !Last.TryGetValue("groups/used", out var used) || Last.GetValueOrDefault("groups/zero_advantage") != used ? ""
        : used == 0 ? "  NOTHING TO LEARN FROM: all groups were dropped; attnpo status says why"
        : $"  NOTHING TO LEARN FROM: in each of {used:0} groups all responses had the same reward";

    /// <summary>Groups of the last step that were dropped; empty where none was.</summary>
    public string DroppedGroups =>
        Last.GetValueOrDefault("groups/dropped") is > 0 and var dropped ? $"  dropped {dropped:0} groups" : "";

    /// <summary>A length of time as people read it.</summary>
    public static string Readable(TimeSpan time) => time.TotalHours >= 1
        ? $"{(int)time.TotalHours} h {time.Minutes} min" : time.TotalMinutes >= 1 ? $"{time.Minutes} min {time.Seconds} s" : $"{time.Seconds} s";

    /// <summary>One line on the news, or null where it is not worth a line.</summary>
    public string? Line(IRunProgress news) => news switch
    {
        RunOpened { Continued: true } opened => $"going on after step {opened.Committed} of {opened.Steps}",
        StepFinished step => $"step {step.Step}/{Steps}  accuracy {Figure("rollout/accuracy", "0.000")}  tokens {Figure("rollout/tokens_mean", "0.0")}  "
            + $"reward {Figure("reward/mean", "0.000")}  loss {Figure("train/loss", "0.0000")}  {Figure("tokens_per_s", "0")} tokens/s  "
            + $"{Figure("time/step_s", "0.00")} s ({StageTimes})  left {Readable(TimeLeft ?? TimeSpan.Zero)}{DroppedGroups}{WithoutSignal}",
        EvaluationFinished evaluation => "held-out at step " + evaluation.Step + ": " + HeldOut(evaluation.Metrics),
        HeadsWatched watched => $"heads at step {watched.Step}: {Heads(watched.Metrics)}",
        HeadsReselected selected => $"heads re-selected: {Reselected(selected.Heads, selected.Former, selected.Accuracy, selected.FormerAccuracy)}",
        ProbeSetChanged changed => $"heads are watched on other responses from step {changed.Step} on; NOT AS BEFORE: "
            + $"probe set {changed.Former}, now {changed.Now}",
        StepReplayed replayed => $"step {replayed.Step} trained again from the ledger (of {replayed.Last})"
            + (replayed.Difference is null ? "" : $"; NOT AS BEFORE: {replayed.Difference}"),
        PauseBegun paused => $"paused after step {paused.Step}" + (paused.Waves == 0 ? "" : $", with {paused.Waves} waves of the next in the ledger")
            + "; attnpo resume goes on",
        PauseEnded resumed => $"resumed after step {resumed.Step}",
        WorkRetried retried => $"step {retried.Step} failed in {retried.Stage} ({retried.Reason}); beginning it again",
        _ => null,
    };

    /// <summary>Figures of a look at the heads in words.</summary>
    public static string Heads(IReadOnlyDictionary<string, double> metrics)
    {
        var ranking = metrics.TryGetValue("heads/sra", out var accuracy)
            ? string.Create(CultureInfo.InvariantCulture, $", step ranking accuracy {accuracy:0.000}") : "";
        return string.Create(CultureInfo.InvariantCulture, $"correlation {metrics.GetValueOrDefault("heads/pearson"):0.000}{ranking}");
    }

    /// <summary>A choice of heads in words.</summary>
    public static string Reselected(IReadOnlyList<HeadId> heads, IReadOnlyList<HeadId> former, double accuracy, double formerAccuracy) => string.Create(
        CultureInfo.InvariantCulture,
        $"{string.Join(' ', heads)} (step ranking accuracy {accuracy:0.000}) in place of {string.Join(' ', former)} ({formerAccuracy:0.000})");

    /// <summary>Held-out figures in words.</summary>
    public static string HeldOut(IReadOnlyDictionary<string, double> metrics)
    {
        var redundant = metrics.TryGetValue("eval/redundant_share", out var share)
            ? string.Create(CultureInfo.InvariantCulture, $", {share:0.0%} of the steps redundant") : "";
        return string.Create(
            CultureInfo.InvariantCulture, $"accuracy {metrics.GetValueOrDefault("eval/accuracy"):0.000}, {metrics.GetValueOrDefault("eval/tokens_mean"):0.0} tokens{redundant}");
    }
}
