using System.Text.Json;

namespace AttnPo.Host.Comparison;

/// <summary>What a held-out evaluation measured.</summary>
/// <param name="Step">Updates made before it.</param>
/// <param name="Accuracy">Share of correct answers, 0 to 1.</param>
/// <param name="Tokens">Mean response length in tokens.</param>
/// <param name="RedundantShare">Share of the steps that are redundant.</param>
/// <param name="EssentialMissing">Share of the essential steps that are missing.</param>
internal readonly record struct EvaluationPoint(long Step, double Accuracy, double Tokens, double RedundantShare, double EssentialMissing);

/// <summary>The evaluations of one run, in the order of its steps.</summary>
/// <param name="Variant">Name of the variant.</param>
/// <param name="Seed">Of the training; pairs the runs of different variants.</param>
/// <param name="Points">At least the start and the end.</param>
internal sealed record RunCurve(string Variant, int Seed, IReadOnlyList<EvaluationPoint> Points)
{
    /// <summary>Reads the evaluations out of a run's metrics.jsonl.</summary>
    /// <exception cref="InvalidDataException">The file holds fewer than two evaluations.</exception>
    public static RunCurve Read(string variant, int seed, string metricsFile)
    {
        var points = new SortedDictionary<long, EvaluationPoint>();
        foreach (var line in File.ReadLines(metricsFile))
        {
            using var json = JsonDocument.Parse(line);
            var row = json.RootElement;
            if (!row.TryGetProperty("eval/accuracy", out var accuracy)) continue;
            var step = row.GetProperty("step").GetInt64();
            points[step] = new EvaluationPoint(
                step,
                accuracy.GetDouble(),
                row.GetProperty("eval/tokens_mean").GetDouble(),
                row.GetProperty("eval/redundant_share").GetDouble(),
                row.GetProperty("eval/essential_missing").GetDouble());
        }

        return points.Count >= 2
            ? new RunCurve(variant, seed, [.. points.Values])
            : throw new InvalidDataException($"{metricsFile}: holds {points.Count} evaluations; a comparison needs the start and the end");
    }

    /// <summary>The evaluation nearest to the middle of the run.</summary>
    public EvaluationPoint Middle => Points.MinBy(p => Math.Abs(p.Step - Points[^1].Step / 2.0));

    /// <summary>The last evaluation.</summary>
    public EvaluationPoint End => Points[^1];
}
