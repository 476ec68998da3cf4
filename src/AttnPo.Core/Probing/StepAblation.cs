using AttnPo.Core.Data;
using AttnPo.Core.Text;
using AttnPo.Core.Verification;

namespace AttnPo.Core.Probing;

/// <summary>
/// How much the final answer rests on each step: what a model thinks of the answer's tokens, given the reasoning, against what it thinks of
/// them given the reasoning without the step. The step's tokens are taken out; all others stay as they were sampled, nothing is tokenized
/// again.
/// </summary>
public static class StepAblation
{
    /// <summary>The answer's tokens: all that follow the reasoning but for the stop token at the end, which says nothing about what is answered.</summary>
    /// <param name="response">The response's tokens.</param>
    /// <param name="thinkEnd">Position of the token that closes the reasoning.</param>
    /// <param name="stopTokens">Those that end a response.</param>
    /// <returns>Empty where nothing follows.</returns>
    public static TokenSpan Answer(IReadOnlyList<int> response, int thinkEnd, IReadOnlyList<int> stopTokens)
    {
        var end = response.Count;
        while (end > thinkEnd + 1 && stopTokens.Contains(response[end - 1])) end--;
        return new(thinkEnd + 1, end);
    }

    /// <summary>The tokens, after the reasoning, that hold the content of the last box; empty where none is or nothing is in it.</summary>
    /// <param name="response">The response decoded.</param>
    /// <param name="thinkEnd">Position of the token that closes the reasoning.</param>
    public static TokenSpan Box(DecodedText response, int thinkEnd)
    {
        var from = response.StartOf(thinkEnd + 1);
        if (BoxedAnswer.All(response.Text[from..]) is not [.., var box] || box.End - 1 == box.Content) return new(thinkEnd + 1, thinkEnd + 1);
        return new(response.TokenAt(from + box.Content), response.TokenAt(from + box.End - 2) + 1);
    }

    /// <summary>
    /// What has to be scored: first the response up to the end of what is measured, then the same without each of the steps in turn.
    /// </summary>
    /// <param name="response">The response's tokens.</param>
    /// <param name="measured">The tokens whose log-probability counts; they lie behind all steps and are not empty.</param>
    /// <param name="steps">The tokens of each step.</param>
    public static IReadOnlyList<AblatedResponse> Variants(int[] response, TokenSpan measured, IReadOnlyList<TokenSpan> steps)
    {
        if (measured.Length <= 0 || measured.End > response.Length)
            throw new ArgumentException($"Tokens {measured.Start} to {measured.End} of {response.Length} cannot be measured.", nameof(measured));
        if (steps.Any(step => step.Start < 0 || step.End < step.Start || step.End > measured.Start))
            throw new ArgumentException($"A step does not lie before token {measured.Start}, where what is measured begins.", nameof(steps));
        return
        [
            new(response[..measured.End], measured.Start),
            .. steps.Select(step => new AblatedResponse([.. response[..step.Start], .. response[step.End..measured.End]], measured.Start - step.Length)),
        ];
    }

    /// <summary>
    /// The drop of each step, in nats: the log-probability of what is measured, given the whole reasoning, minus that given the reasoning
    /// without the step.
    /// </summary>
    /// <param name="logProbs">For each of the <see cref="Variants"/>, in order, the natural log-probabilities of the tokens measured.</param>
    public static double[] Drops(IReadOnlyList<IReadOnlyList<float>> logProbs)
    {
        var whole = Sum(logProbs[0]);
        return [.. logProbs.Skip(1).Select(without => whole - Sum(without))];
    }

    /// <summary>
    /// A label for each drop: essential where it is above the threshold; null where it is no number, since a model that overflows says nothing.
    /// </summary>
    /// <param name="drops">Of a response's steps, nats.</param>
    /// <param name="threshold">Nats.</param>
    /// <param name="overMedian">
    /// Whether the response's median drop is taken off first. To take out any step moves what follows it, which the answer may notice; where
    /// most steps are redundant the median is what that costs.
    /// </param>
    public static IReadOnlyList<StepLabel?> Labels(IReadOnlyList<double> drops, double threshold, bool overMedian = false)
    {
        var line = threshold + (overMedian ? Median(drops) : 0);
        return [.. drops.Select(drop => double.IsNaN(drop) ? (StepLabel?)null : drop > line ? StepLabel.Essential : StepLabel.Redundant)];
    }

    private static double Median(IReadOnlyList<double> drops)
    {
        double[] sorted = [.. drops.Where(drop => !double.IsNaN(drop)).Order()];
        return sorted.Length == 0 ? 0 : (sorted[(sorted.Length - 1) / 2] + sorted[sorted.Length / 2]) / 2;
    }

    private static double Sum(IReadOnlyList<float> logProbs) => logProbs.Sum(logProb => (double)logProb);
}

/// <summary>A response, or what is left of it without a step.</summary>
/// <param name="Tokens">Its tokens up to the end of what is measured.</param>
/// <param name="MeasuredFrom">The first token that is measured; all from there on are.</param>
public readonly record struct AblatedResponse(int[] Tokens, int MeasuredFrom);
