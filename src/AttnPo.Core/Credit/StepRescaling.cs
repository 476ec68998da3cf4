using AttnPo.Core.Text;
using AttnPo.Core.Verification;

namespace AttnPo.Core.Credit;

/// <summary>
/// Stepwise rescaling of the advantage: in a good response redundant steps earn less, in a long one essential steps lose nothing.
/// A factor is never negative, so the sign of an advantage stays.
/// </summary>
public static class StepRescaling
{
    /// <summary>Whether a response is rescaled at all: it is correct and has at least two steps. Only such responses need scores.</summary>
    public static bool Applies(Verdict verdict, int steps, CreditSettings settings) =>
        settings.StepCredit && verdict == Verdict.Correct && steps >= 2;

    /// <summary>
    /// The score that parts essential from redundant steps: |F|/|o| is what attention spread evenly over the sequence would give.
    /// </summary>
    /// <param name="correctShare">p, the share of correct responses in the group.</param>
    /// <param name="beta">Exponent of p.</param>
    /// <param name="answerTokens">|F|, the tokens after the reasoning.</param>
    /// <param name="sequenceTokens">|o|, prompt and response together.</param>
    public static double Baseline(double correctShare, double beta, int answerTokens, int sequenceTokens)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(answerTokens);
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(sequenceTokens);
        return Math.Pow(correctShare, beta) * answerTokens / sequenceTokens;
    }

    /// <summary>gamma of one step of a response to which rescaling applies.</summary>
    /// <param name="advantage">Of the response.</param>
    /// <param name="score">Of the step.</param>
    /// <param name="baseline">As <see cref="Baseline"/> gives it.</param>
    /// <param name="correctShare">p, the share of correct responses in the group.</param>
    /// <param name="globalStep">The optimizer step under way, the first is 1.</param>
    /// <param name="settings">Exponents, form, delay and gates.</param>
    public static double Factor(
        double advantage, double score, double baseline, double correctShare, long globalStep, CreditSettings settings)
    {
        // NaN compares false with everything and would pass for "leave as it is".
        if (!(score >= 0))
            throw new ArgumentOutOfRangeException(nameof(score), score, "A step score is a mean of attention weights: 0 or more.");

        if (settings.PositiveGate && advantage > 0 && score < baseline && settings.Delay * (1 - correctShare) < globalStep)
            return Attenuation(score / baseline, Math.Pow(correctShare, settings.Lambda), settings);
        return settings.NegativeGate && advantage < 0 && score > baseline ? 0 : 1;
    }

    /// <summary>gamma of every step of any response; 1 throughout where rescaling does not apply.</summary>
    /// <param name="verdict">Of the response.</param>
    /// <param name="advantage">Of the response.</param>
    /// <param name="scores">Of its steps.</param>
    /// <param name="baseline">As <see cref="Baseline"/> gives it.</param>
    /// <param name="correctShare">p, the share of correct responses in the group.</param>
    /// <param name="globalStep">The optimizer step under way, the first is 1.</param>
    /// <param name="settings">Exponents, form, delay and gates.</param>
    public static double[] Factors(
        Verdict verdict, double advantage, IReadOnlyList<double> scores, double baseline, double correctShare, long globalStep,
        CreditSettings settings)
    {
        var applies = Applies(verdict, scores.Count, settings);
        return [.. scores.Select(score => applies ? Factor(advantage, score, baseline, correctShare, globalStep, settings) : 1)];
    }

    /// <summary>The advantage of each token: A times its step's factor; tokens outside the steps keep A.</summary>
    /// <param name="advantage">A, of the response.</param>
    /// <param name="responseTokens">Length of the response.</param>
    /// <param name="spans">The steps' tokens, without overlap.</param>
    /// <param name="factors">The steps' factors.</param>
    public static float[] TokenWeights(
        double advantage, int responseTokens, IReadOnlyList<TokenSpan> spans, IReadOnlyList<double> factors)
    {
        if (spans.Count != factors.Count)
            throw new ArgumentException($"{spans.Count} steps, but {factors.Count} factors.", nameof(factors));
        var weights = new float[responseTokens];
        Array.Fill(weights, (float)advantage);
        foreach (var (span, factor) in spans.Zip(factors))
            Array.Fill(weights, (float)(advantage * factor), span.Start, span.End - span.Start);
        return weights;
    }

    private static double Attenuation(double ratio, double confidence, CreditSettings settings)
    {
        var attenuated = settings.Form == RescalingForm.Reference ? confidence * ratio + (1 - confidence) : confidence * ratio;
        return (1 - settings.Delta) * attenuated + settings.Delta;
    }
}
