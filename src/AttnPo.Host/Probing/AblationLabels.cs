using System.Globalization;
using System.Runtime.CompilerServices;
using AttnPo.Core.Data;
using AttnPo.Core.Probing;
using AttnPo.Core.Text;
using AttnPo.Gpu;
using AttnPo.Host.Progress;

namespace AttnPo.Host.Probing;

/// <summary>What of a response's answer the removal of a step is measured on.</summary>
internal enum AblationTarget
{
    /// <summary>All tokens after the reasoning but for the stop token.</summary>
    Answer,

    /// <summary>The tokens that hold the content of the last box.</summary>
    Box,
}

/// <summary>How ablation labels are made.</summary>
/// <param name="Target">What is measured.</param>
/// <param name="Threshold">Nats above which a step's drop makes it essential.</param>
/// <param name="OverMedian">Whether the drop is counted from the median of the response's steps.</param>
/// <param name="PositionsAtOnce">Bound on the tokens, prompts included, that one call of the scorer gets; a single sequence may be longer.</param>
internal sealed record AblationSettings(
    AblationTarget Target = AblationTarget.Answer, double Threshold = AblationSettings.DefaultThreshold, bool OverMedian = false,
    int PositionsAtOnce = 1 << 16)
{
    /// <summary>
    /// Without the step the answer is 20 times less likely, which is where evidence is commonly called strong (Kass and Raftery, Bayes
    /// Factors, 1995).
    /// </summary>
    public const double DefaultThreshold = 3;

    /// <summary>What decides labels, in words.</summary>
    public IReadOnlyList<(string Name, string Value)> Identity =>
    [
        ("ablation-threshold", Threshold.ToString("R", CultureInfo.InvariantCulture)),
        ("ablation-of", Target == AblationTarget.Box ? "box" : "answer"),
        ("ablation-over", OverMedian ? "median" : "zero"),
    ];
}

/// <summary>
/// Labels without a judge: a step is essential when the model itself holds the final answer for less likely without it. Every response
/// costs one forward pass and one more for each of its steps.
/// </summary>
/// <param name="scorer">The model that wrote the responses, or another one with its tokenizer.</param>
/// <param name="settings">What is measured, and where the line is.</param>
/// <param name="tokenizer">Finds the box's tokens.</param>
/// <param name="stopTokens">Those that end a response.</param>
internal sealed class AblationLabels(IScorer scorer, AblationSettings settings, Tokenizer tokenizer, IReadOnlyList<int> stopTokens) : ILabelSource
{
    // A response is the object, not its content: two rows may hold the same.
    private readonly ConditionalWeakTable<LabelledResponse, double[]> _drops = [];

    /// <inheritdoc/>
    public string Name => "ablation";

    /// <summary>
    /// The drop of each step in nats, of a response that was labelled; null where it has nothing to measure: no token after the reasoning,
    /// or no box.
    /// </summary>
    public IReadOnlyList<double>? DropsOf(LabelledResponse response) => _drops.TryGetValue(response, out var drops) ? drops : null;

    /// <inheritdoc/>
    public Task<IReadOnlyList<IReadOnlyList<StepLabel?>>> LabelAsync(IReadOnlyList<LabelledResponse> responses, CancellationToken cancellation)
    {
        Measure(responses, cancellation);
        return Task.FromResult<IReadOnlyList<IReadOnlyList<StepLabel?>>>([.. responses.Select(response => DropsOf(response) is { } drops
            ? StepAblation.Labels(drops, settings.Threshold, settings.OverMedian)
            : new StepLabel?[response.Steps.Count])]);
    }

    private void Measure(IReadOnlyList<LabelledResponse> responses, CancellationToken cancellation)
    {
        (LabelledResponse Response, TokenSpan Answer)[] measurable =
        [
            .. responses.Select(response => (Response: response, Answer: Measured(response)))
                .Where(item => item.Response.Spans.Count > 0 && item.Answer.Length > 0),
        ];
        var logProbs = measurable.Select(item => new List<float[]>(item.Response.Spans.Count + 1)).ToArray();
        var requests = measurable.SelectMany((item, i) => StepAblation.Variants(item.Response.Response, item.Answer, item.Response.Spans)
            // Without a head to read, where the reasoning ends does not matter.
            .Select(variant => (i, new ScoreRequest(item.Response.Prompt, variant.Tokens, ThinkEnd: -1, []) { LogProbsFrom = variant.MeasuredFrom })));
        CountedProgress.Run("sequences", measurable.Sum(item => item.Response.Spans.Count + 1), advance =>
        {
            foreach (var batch in Batches(requests))
            {
                cancellation.ThrowIfCancellationRequested();
                var scores = scorer.Score([.. batch.Select(item => item.Request)], [], cancellation);
                foreach (var ((response, _), score) in batch.Zip(scores))
                {
                    logProbs[response].Add(score.LogProbs);
                    advance();
                }
            }
        });
        for (var i = 0; i < measurable.Length; i++) _drops.AddOrUpdate(measurable[i].Response, StepAblation.Drops(logProbs[i]));
    }

    private IEnumerable<List<(int Response, ScoreRequest Request)>> Batches(IEnumerable<(int Response, ScoreRequest Request)> requests)
    {
        var (batch, positions) = (new List<(int, ScoreRequest)>(), 0L);
        foreach (var item in requests)
        {
            var length = item.Request.Prompt.Length + item.Request.Response.Length;
            if (batch.Count > 0 && positions + length > settings.PositionsAtOnce)
            {
                yield return batch;
                (batch, positions) = ([], 0);
            }
            batch.Add(item);
            positions += length;
        }
        if (batch.Count > 0) yield return batch;
    }

    private TokenSpan Measured(LabelledResponse response) =>
        response.ThinkEnd < 0 ? default
        : settings.Target == AblationTarget.Box ? StepAblation.Box(tokenizer.Decode(response.Response), response.ThinkEnd)
        : StepAblation.Answer(response.Response, response.ThinkEnd, stopTokens);
}
