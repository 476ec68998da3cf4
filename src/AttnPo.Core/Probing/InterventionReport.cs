using AttnPo.Core.Data;

namespace AttnPo.Core.Probing;

/// <summary>What became of one response in one arm of an intervention.</summary>
/// <param name="Correct">Share of its new answers that are right, 0 to 1.</param>
/// <param name="RemovedTokens">Tokens that were taken out.</param>
/// <param name="RemovedEssential">Steps taken out that are labelled essential.</param>
/// <param name="RemovedLabelled">Steps taken out that have a label.</param>
public readonly record struct ArmOutcome(double Correct, int RemovedTokens, int RemovedEssential, int RemovedLabelled);

/// <summary>What became of one response in all arms.</summary>
/// <param name="Prompt">What its prompt is known by: responses to one prompt do not count as independent.</param>
/// <param name="Arms">In the order of <see cref="StepRemoval.Arms"/>.</param>
public sealed record ResponseOutcome(string Prompt, IReadOnlyList<ArmOutcome> Arms);

/// <summary>An arm over all responses.</summary>
/// <param name="Arm">Which.</param>
/// <param name="Accuracy">Mean share of right answers.</param>
/// <param name="Low">Lower end of Wilson's 95 % interval, over prompts.</param>
/// <param name="High">Upper end.</param>
/// <param name="RemovedTokens">Mean of the tokens that were taken out of a response.</param>
/// <param name="RemovedEssential">Share of the labelled steps taken out that are essential; null where none has a label.</param>
public sealed record ArmFigures(RemovalArm Arm, double Accuracy, double Low, double High, double RemovedTokens, double? RemovedEssential);

/// <summary>The difference of two arms over the same responses.</summary>
/// <param name="First">The arm whose accuracy counts positive.</param>
/// <param name="Second">The arm whose accuracy is subtracted.</param>
/// <param name="Mean">Of the paired differences.</param>
/// <param name="Low">Lower end of the 95 % percentile interval of a bootstrap over prompts.</param>
/// <param name="High">Upper end.</param>
public sealed record ArmDifference(RemovalArm First, RemovalArm Second, double Mean, double Low, double High);

/// <summary>
/// What taking steps out of reasoning does to the answer. If the scores find what the answer rests on, it suffers when the highest-scored
/// steps go, and not when the lowest-scored ones do.
/// </summary>
/// <param name="Responses">Responses that went through every arm.</param>
/// <param name="Prompts">Prompts that they answer.</param>
/// <param name="Arms">In the order of <see cref="StepRemoval.Arms"/>.</param>
/// <param name="Differences">Highest minus lowest first, then each arm minus nothing.</param>
public sealed record InterventionReport(
    int Responses, int Prompts, IReadOnlyList<ArmFigures> Arms, IReadOnlyList<ArmDifference> Differences)
{
    private const ulong Stream = 0x626F6F74;
    private const int Resamples = 10_000;

    // Two-sided 95 % of the normal distribution.
    private const double Z = 1.959963984540054;

    /// <summary>Sums up.</summary>
    /// <param name="outcomes">Of each response.</param>
    /// <param name="seed">Of the bootstrap.</param>
    /// <exception cref="ArgumentException">There is no response, or one lacks an arm.</exception>
    public static InterventionReport Of(IReadOnlyList<ResponseOutcome> outcomes, ulong seed)
    {
        var arms = StepRemoval.Arms;
        if (outcomes.Count == 0) throw new ArgumentException("There is no response.", nameof(outcomes));
        if (outcomes.Any(response => response.Arms.Count != arms.Count))
            throw new ArgumentException($"Every response needs an outcome in each of the {arms.Count} arms.", nameof(outcomes));
        int[][] prompts = [.. outcomes.Index().GroupBy(item => item.Item.Prompt, StringComparer.Ordinal)
            .Select(ofPrompt => ofPrompt.Select(item => item.Index).ToArray())];
        var independent = Independent(prompts);
        return new(
            outcomes.Count, prompts.Length, [.. arms.Select((arm, i) => Figures(arm, [.. outcomes.Select(response => response.Arms[i])], independent))],
            [
                Difference(RemovalArm.Highest, RemovalArm.Lowest),
                .. arms.Where(arm => arm != RemovalArm.Nothing).Select(arm => Difference(arm, RemovalArm.Nothing)),
            ]);

        ArmDifference Difference(RemovalArm first, RemovalArm second)
        {
            double[] paired = [.. outcomes.Select(response => response.Arms[(int)first].Correct - response.Arms[(int)second].Correct)];
            var (low, high) = Bootstrap(paired, prompts, seed);
            return new(first, second, paired.Average(), low, high);
        }
    }

    /// <summary>
    /// Wilson's 95 % interval of a share. With more than one answer to a response, or response to a prompt, the prompts still count as the
    /// draws: their shares vary less than single answers do, so the interval is then wider than it need be.
    /// </summary>
    /// <param name="share">0 to 1.</param>
    /// <param name="count">Independent draws, not always a whole number.</param>
    public static (double Low, double High) Wilson(double share, double count)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(count);
        var square = Z * Z / count;
        var centre = (share + square / 2) / (1 + square);
        var half = Z * Math.Sqrt(share * (1 - share) / count + square / (4 * count)) / (1 + square);
        return (Math.Max(0, centre - half), Math.Min(1, centre + half));
    }

    // As many draws as the responses are worth where all to a prompt go one way (Kish's effective size): the prompts, where each has
    // equally many responses, and fewer where some have more than others.
    private static double Independent(int[][] prompts)
    {
        double responses = prompts.Sum(prompt => prompt.Length), squares = prompts.Sum(prompt => (double)prompt.Length * prompt.Length);
        return responses * responses / squares;
    }

    private static ArmFigures Figures(RemovalArm arm, ArmOutcome[] outcomes, double independent)
    {
        var accuracy = outcomes.Average(outcome => outcome.Correct);
        var (low, high) = Wilson(accuracy, independent);
        var labelled = outcomes.Sum(outcome => outcome.RemovedLabelled);
        return new(
            arm, accuracy, low, high, outcomes.Average(outcome => outcome.RemovedTokens),
            labelled == 0 ? null : (double)outcomes.Sum(outcome => outcome.RemovedEssential) / labelled);
    }

    private static (double Low, double High) Bootstrap(double[] values, int[][] prompts, ulong seed)
    {
        double[] sums = [.. prompts.Select(prompt => prompt.Sum(response => values[response]))];
        var means = new double[Resamples];
        for (var i = 0; i < Resamples; i++)
        {
            var random = new RandomSequence(Stream, seed, (ulong)i);
            var (sum, count) = (0.0, 0);
            for (var j = 0; j < prompts.Length; j++)
            {
                var drawn = random.Next(prompts.Length);
                sum += sums[drawn];
                count += prompts[drawn].Length;
            }
            means[i] = sum / count;
        }
        Array.Sort(means);
        return (means[(int)(0.025 * (Resamples - 1))], means[(int)Math.Ceiling(0.975 * (Resamples - 1))]);
    }
}
