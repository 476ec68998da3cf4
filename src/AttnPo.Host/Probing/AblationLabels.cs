using System.Runtime.CompilerServices;
using AttnPo.Core.Data;
using AttnPo.Core.Probing;
using AttnPo.Core.Text;
using AttnPo.Gpu;

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
/// <param name="PositionsAtOnce">Bound on the tokens, prompts included, that one call of the scorer gets; a single sequence may be longer.</param>
internal sealed record AblationSettings(AblationTarget Target, double Threshold, int PositionsAtOnce = 1 << 16);

/// <summary>
/// Labels without a judge: a step is essential when the model itself holds the final answer for less likely without it. Every response
/// costs one forward pass and one more for each of its steps.
/// </summary>
/// <param name="scorer">The model that wrote the responses, or another one with its tokenizer.</param>
/// <param name="settings">What is measured, and where the line is.</param>
/// <param name="tokenizer">Finds the box's tokens.</param>
/// <param name="stopTokens">Those that end a response.</param>
/// <param name="progress">Is told sequences scored and their number.</param>
internal sealed class AblationLabels(
    IScorer scorer, AblationSettings settings, Tokenizer tokenizer, IReadOnlyList<int> stopTokens, Action<int, int>? progress = null) : ILabelSource
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
            ? drops.Select(drop => StepAblation.Label(drop, settings.Threshold)).ToArray()
            : new StepLabel?[response.Steps.Count])]);
    }

    private void Measure(IReadOnlyList<LabelledResponse> responses, CancellationToken cancellation)
    {
        var measurable = responses.Where(response => response.Spans.Count > 0 && Measured(response).Length > 0).ToArray();
        var total = measurable.Sum(response => response.Spans.Count + 1);
        var logProbs = measurable.Select(response => new List<float[]>(response.Spans.Count + 1)).ToArray();
        var waiting = new List<(int Response, ScoreRequest Request)>();
        var (positions, done) = (0L, 0);
        for (var i = 0; i < measurable.Length; i++)
        {
            var response = measurable[i];
            foreach (var variant in StepAblation.Variants(response.Response, Measured(response), response.Spans))
            {
                var length = response.Prompt.Length + variant.Tokens.Length;
                if (waiting.Count > 0 && positions + length > settings.PositionsAtOnce) Score();
                // Without a head to read, where the reasoning ends does not matter.
                waiting.Add((i, new(response.Prompt, variant.Tokens, ThinkEnd: -1, []) { LogProbsFrom = variant.MeasuredFrom }));
                positions += length;
            }
        }
        if (waiting.Count > 0) Score();
        for (var i = 0; i < measurable.Length; i++) _drops.AddOrUpdate(measurable[i], StepAblation.Drops(logProbs[i]));

        void Score()
        {
            cancellation.ThrowIfCancellationRequested();
            var scores = scorer.Score([.. waiting.Select(item => item.Request)], [], cancellation);
            foreach (var ((response, _), score) in waiting.Zip(scores)) logProbs[response].Add(score.LogProbs);
            progress?.Invoke(done += waiting.Count, total);
            waiting.Clear();
            positions = 0;
        }
    }

    private TokenSpan Measured(LabelledResponse response) =>
        response.ThinkEnd < 0 ? default
        : settings.Target == AblationTarget.Box ? StepAblation.Box(tokenizer.Decode(response.Response), response.ThinkEnd)
        : StepAblation.Answer(response.Response, response.ThinkEnd, stopTokens);
}
