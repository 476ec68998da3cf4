using AttnPo.Host.Metrics;

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
    /// <summary>Reads the evaluations out of a run's metrics.</summary>
    /// <exception cref="InvalidDataException">They hold fewer than two evaluations.</exception>
    public static RunCurve Read(string variant, int seed, string runDirectory)
    {
        EvaluationPoint[] points =
        [
            .. from row in MetricsFile.Read(runDirectory)
               where row.ContainsKey("eval/accuracy")
               select new EvaluationPoint(
                   (long)row["step"], row["eval/accuracy"], row["eval/tokens_mean"], row["eval/redundant_share"], row["eval/essential_missing"]),
        ];
        return points.Length >= 2
            ? new RunCurve(variant, seed, points)
            : throw new InvalidDataException($"{runDirectory}: holds {points.Length} evaluations; a comparison needs the start and the end");
    }

    /// <summary>The evaluation nearest to the middle of the run.</summary>
    public EvaluationPoint Middle => Points.MinBy(p => Math.Abs(p.Step - Points[^1].Step / 2.0));

    /// <summary>The last evaluation.</summary>
    public EvaluationPoint End => Points[^1];
}
