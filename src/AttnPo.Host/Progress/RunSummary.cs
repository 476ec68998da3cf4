using System.Globalization;
using AttnPo.Host.Metrics;

namespace AttnPo.Host.Progress;

/// <summary>What a finished run leaves on the screen: where it began and ended on held-out prompts, and where its results lie.</summary>
internal static class RunSummary
{
    /// <summary>The lines.</summary>
    public static IEnumerable<string> Lines(string runDirectory)
    {
        var evaluated = MetricsFile.Read(runDirectory).Where(row => row.ContainsKey("eval/accuracy")).ToList();
        if (evaluated.Count > 0) yield return $"held-out at the start (step {evaluated[0]["step"]:0}): {RunFigures.HeldOut(evaluated[0])}";
        if (evaluated.Count > 1) yield return $"held-out at the end (step {evaluated[^1]["step"]:0}):  {RunFigures.HeldOut(evaluated[^1])}";
        if (evaluated.Count > 1 && evaluated[0].TryGetValue("eval/tokens_mean", out var before) && evaluated[^1].TryGetValue("eval/tokens_mean", out var after) && before > 0)
            yield return string.Create(
                CultureInfo.InvariantCulture,
                $"change:      {(after - before) / before:+0.0%;-0.0%;0.0%} tokens, "
                + $"{100 * (evaluated[^1]["eval/accuracy"] - evaluated[0]["eval/accuracy"]):+0.0;-0.0;0.0} points of accuracy");
        var checkpoints = Path.Combine(runDirectory, "checkpoints");
        if (Directory.Exists(checkpoints) && Directory.GetDirectories(checkpoints, "step-*").Max() is { } last) yield return $"checkpoint:  {last}";
        yield return $"metrics:     {Path.Combine(runDirectory, "metrics.jsonl")} and {Path.Combine(runDirectory, "tensorboard")}";
        if (File.Exists(Path.Combine(runDirectory, "journal.db"))) yield return $"journal:     {Path.Combine(runDirectory, "journal.db")}";
    }
}
