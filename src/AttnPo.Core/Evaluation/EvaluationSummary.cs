using AttnPo.Core.Verification;

namespace AttnPo.Core.Evaluation;

/// <summary>
/// What the responses to a set of questions come to. Failures say nothing about the model: they are counted and left out.
/// </summary>
/// <param name="Questions">Questions with at least one response that did not fail.</param>
/// <param name="Samples">The most responses that a question has, failures included: the k of avg@k and pass@k.</param>
/// <param name="Failed">Responses that could not be generated, or not verified within the budget.</param>
/// <param name="Accuracy">avg@k: the mean over questions of the share of correct responses.</param>
/// <param name="PassAtK">The mean over questions of the unbiased estimate.</param>
/// <param name="TokensMean">Mean length of the responses.</param>
/// <param name="TokensMedian">Median length of the responses.</param>
/// <param name="Truncated">Share of the responses that were cut off.</param>
/// <param name="RedundantShare">Redundant steps among all labelled steps; null where there are none.</param>
/// <param name="EssentialMissing">
/// Essential steps that are lacking among all that the questions need; null where there are no labels.
/// </param>
public sealed record EvaluationSummary(
    int Questions, int Samples, int Failed, double Accuracy, double PassAtK, double TokensMean, double TokensMedian, double Truncated,
    double? RedundantShare, double? EssentialMissing)
{
    /// <summary>
    /// Standard error of <see cref="Accuracy"/>, with the questions as the independent draws: responses to one question say much the
    /// same. Null with fewer than two questions.
    /// </summary>
    public double? AccuracyError { get; init; }

    /// <summary>Responses whose reasoning is not closed exactly once.</summary>
    public int Malformed { get; init; }

    /// <summary>Responses without an answer after their reasoning.</summary>
    public int NoAnswer { get; init; }

    /// <summary>Those of <see cref="Failed"/> that could not be verified within the budget.</summary>
    public int OverBudget { get; init; }

    /// <summary>Sums up, with k the most responses that a question has.</summary>
    public static EvaluationSummary Of(IReadOnlyList<EvaluationRow> rows) =>
        Of(rows, rows.Count == 0 ? 1 : rows.GroupBy(row => row.Index).Max(question => question.Count()));

    /// <summary>Sums up. A question that has fewer than k responses, because some failed, enters pass@k with those it has.</summary>
    /// <param name="rows">In any order.</param>
    /// <param name="k">Of pass@k.</param>
    /// <exception cref="ArgumentException">There is no response, or all failed: there is nothing to sum up.</exception>
    public static EvaluationSummary Of(IReadOnlyList<EvaluationRow> rows, int k)
    {
        var counted = rows.Where(row => !row.Verdict.IsFailure()).ToList();
        if (counted.Count == 0)
            throw new ArgumentException($"None of {rows.Count} responses could be generated and verified.", nameof(rows));

        var questions = counted.GroupBy(row => row.Index)
            .Select(question => (Samples: question.Count(), Correct: question.Count(row => row.Verdict == Verdict.Correct)))
            .ToList();
        var shares = questions.ConvertAll(question => (double)question.Correct / question.Samples);
        var labelled = counted.Select(row => row.Steps).OfType<LabelledSteps>().ToList();
        var essential = labelled.Sum(steps => (long)steps.Essential);
        var redundant = labelled.Sum(steps => (long)steps.Redundant);
        var missing = labelled.Sum(steps => (long)steps.Missing);
        return new EvaluationSummary(
            questions.Count,
            rows.GroupBy(row => row.Index).Max(question => question.Count()),
            rows.Count - counted.Count,
            shares.Average(),
            questions.Average(question => Evaluation.PassAtK.Estimate(question.Samples, question.Correct, Math.Min(k, question.Samples))),
            counted.Average(row => (double)row.Tokens),
            Median([.. counted.Select(row => row.Tokens).Order()]),
            (double)counted.Count(row => row.Truncated) / counted.Count,
            Share(redundant, essential + redundant),
            Share(missing, essential + missing))
        {
            AccuracyError = ErrorOfMean(shares),
            Malformed = counted.Count(row => row.Verdict == Verdict.Malformed),
            NoAnswer = counted.Count(row => row.Verdict == Verdict.NoAnswer),
            OverBudget = rows.Count(row => row.Verdict == Verdict.OverBudget),
        };
    }

    private static double? ErrorOfMean(List<double> values)
    {
        if (values.Count < 2) return null;
        var mean = values.Average();
        return Math.Sqrt(values.Sum(value => (value - mean) * (value - mean)) / (values.Count - 1) / values.Count);
    }

    private static double Median(int[] sorted) => (sorted[(sorted.Length - 1) / 2] + (double)sorted[sorted.Length / 2]) / 2;

    private static double? Share(long part, long whole) => whole == 0 ? null : (double)part / whole;
}
