using AttnPo.Core.Credit;
using AttnPo.Core.Data;
using AttnPo.Core.Probing;
using AttnPo.Gpu;

namespace AttnPo.Host.Probing;

/// <summary>A response with a score of every head for every step.</summary>
/// <param name="Response">The response.</param>
/// <param name="HeadScores">[head][step].</param>
internal sealed record ScoredResponse(LabelledResponse Response, double[][] HeadScores)
{
    /// <summary>Each step's mean over some heads, as training takes it.</summary>
    public double[] Mean(IReadOnlyList<int> heads) => StepScores.Mean([.. heads.Select(head => HeadScores[head])]);

    /// <summary>What heads are chosen on: the steps that have a label.</summary>
    public ProbedResponse Probed(IReadOnlyList<StepLabel?> labels)
    {
        int[] labelled = [.. Enumerable.Range(0, labels.Count).Where(step => labels[step] is not null)];
        return new(
            [.. HeadScores.Select(scores => (IReadOnlyList<double>)[.. labelled.Select(step => scores[step])])],
            [.. labelled.Select(step => labels[step] == StepLabel.Essential)])
        {
            Prompt = Response.PromptText,
        };
    }
}

/// <summary>Scores responses with every head of a model: one forward pass for each.</summary>
internal static class StepScoring
{
    // Scored together, so that a list of responses always meets the same batches, whoever asks.
    private const int Together = 32;

    /// <summary>The scores, in the order of the responses.</summary>
    /// <param name="scorer">Of the model.</param>
    /// <param name="heads">All heads.</param>
    /// <param name="responses">What is scored.</param>
    /// <param name="done">Is called once for each response.</param>
    /// <param name="cancellation">Ends it.</param>
    public static IReadOnlyList<ScoredResponse> Score(
        IScorer scorer, IReadOnlyList<HeadId> heads, IReadOnlyList<LabelledResponse> responses, Action done, CancellationToken cancellation)
    {
        var scored = new List<ScoredResponse>(responses.Count);
        foreach (var chunk in responses.Chunk(Together))
        {
            // No log-probability is wanted, so the output head is not computed.
            ScoreRequest[] requests = [.. chunk.Select(response => new ScoreRequest(
                response.Prompt, response.Response, response.ThinkEnd, [.. response.Spans.Select(span => new TokenRange(span.Start, span.End))])
            {
                LogProbsFrom = response.Response.Length,
            })];
            foreach (var (response, scores) in chunk.Zip(scorer.Score(requests, heads, cancellation)))
            {
                scored.Add(new(response, scores.HeadScores));
                done();
            }
        }
        return scored;
    }
}
