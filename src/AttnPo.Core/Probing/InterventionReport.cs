using AttnPo.Core.Data;

namespace AttnPo.Core.Probing;

/// <summary>What became of one response in one arm of an intervention.</summary>
/// <param name="Correct">Share of its new answers that are right, 0 to 1.</param>
/// <param name="RemovedTokens">Tokens that were taken out.</param>
/// <param name="RemovedEssential">Steps taken out that are labelled essential.</param>
/// <param name="RemovedLabelled">Steps taken out that have a label.</param>
public readonly record struct ArmOutcome(double Correct, int RemovedTokens, int RemovedEssential, int RemovedLabelled);

/// <summary>An arm over all responses.</summary>
/// <param name="Arm">Which.</param>
/// <param name="Accuracy">Mean share of right answers.</param>
/// <param name="Low">Lower end of Wilson's 95 % interval.</param>
/// <param name="High">Upper end.</param>
/// <param name="RemovedTokens">Mean of the tokens that were taken out of a response.</param>
/// <param name="RemovedEssential">Share of the labelled steps taken out that are essential; null where none has a label.</param>
public sealed record ArmFigures(RemovalArm Arm, double Accuracy, double Low, double High, double RemovedTokens, double? RemovedEssential);

/// <summary>The difference of two arms over the same responses.</summary>
/// <param name="First">The arm whose accuracy counts positive.</param>
/// <param name="Second">The arm whose accuracy is subtracted.</param>
/// <param name="Mean">Of the paired differences.</param>
/// <param name="Low">Lower end of the 95 % percentile interval of a bootstrap over responses.</param>
/// <param name="High">Upper end.</param>
public sealed record ArmDifference(RemovalArm First, RemovalArm Second, double Mean, double Low, double High);

/// <summary>
/// What taking steps out of reasoning does to the answer. If the scores find what the answer rests on, it suffers when the highest-scored
/// steps go, and not when the lowest-scored ones do.
/// </summary>
/// <param name="Responses">Responses that went through every arm.</param>
/// <param name="Arms">In the order of <see cref="StepRemoval.Arms"/>.</param>
/// <param name="Differences">Highest minus lowest first, then each arm minus nothing.</param>
public sealed record InterventionReport(int Responses, IReadOnlyList<ArmFigures> Arms, IReadOnlyList<ArmDifference> Differences)
{
    private const ulong Stream = 0x626F6F74;
    private const int Resamples = 10_000;

    // Two-sided 95 % of the normal distribution.
    private const double Z = 1.959963984540054;

    /// <summary>Sums up.</summary>
    /// <param name="outcomes">[response][arm], arms in the order of <see cref="StepRemoval.Arms"/>.</param>
    /// <param name="seed">Of the bootstrap.</param>
    /// <exception cref="ArgumentException">There is no response, or one lacks an arm.</exception>
    public static InterventionReport Of(IReadOnlyList<IReadOnlyList<ArmOutcome>> outcomes, ulong seed)
    {
        var arms = StepRemoval.Arms;
        if (outcomes.Count == 0) throw new ArgumentException("There is no response.", nameof(outcomes));
        if (outcomes.Any(ofResponse => ofResponse.Count != arms.Count))
            throw new ArgumentException($"Every response needs an outcome in each of the {arms.Count} arms.", nameof(outcomes));
        return new(
            outcomes.Count, [.. arms.Select((arm, i) => Figures(arm, [.. outcomes.Select(ofResponse => ofResponse[i])]))],
            [
                Difference(RemovalArm.Highest, RemovalArm.Lowest),
                .. arms.Where(arm => arm != RemovalArm.Nothing).Select(arm => Difference(arm, RemovalArm.Nothing)),
            ]);

        ArmDifference Difference(RemovalArm first, RemovalArm second)
        {
            double[] paired = [.. outcomes.Select(ofResponse => ofResponse[(int)first].Correct - ofResponse[(int)second].Correct)];
            var (low, high) = Bootstrap(paired, seed);
            return new(first, second, paired.Average(), low, high);
        }
    }

    /// <summary>
    /// Wilson's 95 % interval of a share. With more than one answer to a response the responses still count as the draws: their shares vary
    /// less than single answers do, so the interval is then wider than it need be.
    /// </summary>
    /// <param name="share">0 to 1.</param>
    /// <param name="count">Draws.</param>
    public static (double Low, double High) Wilson(double share, int count)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(count);
        var square = Z * Z / count;
        var centre = (share + square / 2) / (1 + square);
        var half = Z * Math.Sqrt(share * (1 - share) / count + square / (4 * count)) / (1 + square);
        return (Math.Max(0, centre - half), Math.Min(1, centre + half));
    }

    private static ArmFigures Figures(RemovalArm arm, ArmOutcome[] outcomes)
    {
        var accuracy = outcomes.Average(outcome => outcome.Correct);
        var (low, high) = Wilson(accuracy, outcomes.Length);
        var labelled = outcomes.Sum(outcome => outcome.RemovedLabelled);
        return new(
            arm, accuracy, low, high, outcomes.Average(outcome => outcome.RemovedTokens),
            labelled == 0 ? null : (double)outcomes.Sum(outcome => outcome.RemovedEssential) / labelled);
    }

    private static (double Low, double High) Bootstrap(double[] values, ulong seed)
    {
        var means = new double[Resamples];
        for (var i = 0; i < Resamples; i++)
        {
            var random = new RandomSequence(Stream, seed, (ulong)i);
            var sum = 0.0;
            for (var j = 0; j < values.Length; j++) sum += values[random.Next(values.Length)];
            means[i] = sum / values.Length;
        }
        Array.Sort(means);
        return (means[(int)(0.025 * (Resamples - 1))], means[(int)Math.Ceiling(0.975 * (Resamples - 1))]);
    }
}
