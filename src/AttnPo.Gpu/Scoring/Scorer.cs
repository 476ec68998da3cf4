using AttnPo.Gpu.Model;
using static TorchSharp.torch;

namespace AttnPo.Gpu.Scoring;

/// <summary>Scores responses with a decoder's current weights, many at once, by a budget of padded positions.</summary>
public sealed class Scorer : IScorer
{
    private readonly Decoder _decoder;
    private readonly int _tokenBudget;
    private readonly Lock _weights;
    private readonly ScalarType _compute;

    /// <summary>Scores with a model that nobody trains meanwhile.</summary>
    /// <param name="decoder">The policy.</param>
    /// <param name="tokenBudget">Positions computed at once, padding included.</param>
    /// <param name="compute">Type of products and attention.</param>
    public Scorer(Decoder decoder, int tokenBudget = 4096, NumberFormat compute = NumberFormat.Float32)
        : this(decoder, tokenBudget, compute, new Lock())
    {
    }

    /// <summary>The lock keeps a pass from seeing half an update.</summary>
    internal Scorer(Decoder decoder, int tokenBudget, NumberFormat compute, Lock weights)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(tokenBudget);
        (_decoder, _tokenBudget, _compute, _weights) = (decoder, tokenBudget, compute.ScalarType(), weights);
    }

    /// <inheritdoc/>
    public IReadOnlyList<ResponseScores> Score(
        IReadOnlyList<ScoreRequest> requests, IReadOnlyList<HeadId> heads, CancellationToken cancellation = default)
    {
        var sequences = requests.Select(r => new TokenSequence(r.Prompt, r.Response)).ToArray();
        for (var i = 0; i < requests.Count; i++)
        {
            sequences[i].Require(_decoder.Config, i);
            ScoreRanges.Require(requests[i].ThinkEnd, requests[i].Steps, requests[i].Response.Length, i);
            RequireLogProbs(requests[i], i);
        }
        foreach (var head in heads) ScoreRanges.RequireHead(head, _decoder.Config);

        var results = new ResponseScores[requests.Count];
        lock (_weights)
        {
            foreach (var members in SequenceBatch.Plan(sequences, _tokenBudget))
            {
                cancellation.ThrowIfCancellationRequested();
                ScoreBatch(requests, heads, sequences, members, results);
            }
        }
        return results;
    }

    private void ScoreBatch(
        IReadOnlyList<ScoreRequest> requests, IReadOnlyList<HeadId> heads, TokenSequence[] sequences, int[] members,
        ResponseScores[] results)
    {
        using var gradients = no_grad();
        using var scope = NewDisposeScope();
        var batch = SequenceBatch.Of(sequences, members, _decoder.Device);
        using var observer = new AnswerAttention(_decoder.Config, heads, Array.ConvertAll(members, m => requests[m]));
        var hidden = _decoder.Forward(batch.Ids, new ForwardPass { Observer = observer, Compute = _compute });
        long[] wanted = [.. Wanted(Array.ConvertAll(members, m => requests[m]))];
        var (logProbs, entropies) = Distributions(hidden.flatten(0, 1), batch, wanted);

        var headScores = observer.Scores();
        var row = 0;
        for (var b = 0; b < members.Length; b++)
        {
            var request = requests[members[b]];
            var rows = row..(row += request.Response.Length - request.LogProbsFrom);
            results[members[b]] = new ResponseScores(logProbs[rows], entropies[rows], headScores[b]);
        }
    }

    /// <summary>Of the batch's rows, one for each response token, those whose distribution is asked for.</summary>
    private static IEnumerable<long> Wanted(ScoreRequest[] requests)
    {
        long first = 0;
        foreach (var request in requests)
        {
            for (var i = request.LogProbsFrom; i < request.Response.Length; i++) yield return first + i;
            first += request.Response.Length;
        }
    }

    private (float[] LogProbs, float[] Entropies) Distributions(Tensor hidden, SequenceBatch batch, long[] wanted)
    {
        var (logProbs, entropies) = (new float[wanted.Length], new float[wanted.Length]);
        if (wanted.Length == 0) return (logProbs, entropies);
        var rows = tensor(wanted, device: hidden.device);
        var targets = batch.Targets.index_select(0, rows);
        hidden = hidden.index_select(0, batch.Positions.index_select(0, rows));
        using var head = _decoder.Head.to(_compute);
        foreach (var (start, count) in LogitChunks.Of(wanted.Length, _decoder.Config.VocabularySize))
        {
            using var scope = NewDisposeScope();
            var distribution = _decoder.Logits(hidden.narrow(0, start, count), head).log_softmax(-1);
            distribution.gather(-1, targets.narrow(0, start, count).unsqueeze(-1)).cpu().data<float>().CopyTo(logProbs, start);
            distribution.exp().mul_(distribution).sum(-1).neg_().cpu().data<float>().CopyTo(entropies, start);
        }
        return (logProbs, entropies);
    }

    private static void RequireLogProbs(ScoreRequest request, int index)
    {
        if (request.LogProbsFrom < 0 || request.LogProbsFrom > request.Response.Length)
        {
            throw new ArgumentException(
                $"sequence {index}: log-probabilities from {request.LogProbsFrom} on; the response has {request.Response.Length} tokens");
        }
    }
}
