using AttnPo.Gpu.Model;
using static TorchSharp.torch;

namespace AttnPo.Gpu.Scoring;

/// <summary>
/// Collects, during a forward pass, how much the answer's tokens attend to each reasoning step, for chosen heads. Of the T x T
/// attention of a head only the answer's rows are computed, and of these only their sum is kept.
/// </summary>
internal sealed class AnswerAttention(
    ModelConfig config, IReadOnlyList<HeadId> heads, IReadOnlyList<ScoreRequest> requests, double[][][] scores) : IAttentionObserver
{
    private readonly ILookup<int, int> _headsOfLayer = Enumerable.Range(0, heads.Count).ToLookup(i => heads[i].Layer);

    public void Observe(int layer, Tensor queries, Tensor keys)
    {
        var chosen = _headsOfLayer[layer].ToArray();
        if (chosen.Length == 0) return;
        using var gradients = no_grad();
        using var scope = NewDisposeScope();
        var queryHeads = tensor(Array.ConvertAll(chosen, i => (long)heads[i].Head), device: queries.device);
        var keyHeads = tensor(Array.ConvertAll(chosen, i => (long)(heads[i].Head / config.HeadsPerKeyValue)), device: queries.device);
        for (var b = 0; b < requests.Count; b++)
        {
            var request = requests[b];
            if (request.ThinkEnd < 0 || request.Steps.Count == 0) continue;
            using var each = NewDisposeScope();
            var length = request.Prompt.Length + request.Response.Length;
            var columns = Columns(queries.select(0, b), keys.select(0, b), queryHeads, keyHeads, request);
            for (var i = 0; i < chosen.Length; i++)
            {
                var attention = columns.AsSpan(i * length, length);
                var steps = scores[b][chosen[i]];
                for (var s = 0; s < steps.Length; s++) steps[s] = Mean(attention, request.Prompt.Length, request.Steps[s]);
            }
        }
    }

    /// <summary>[chosen head, position]: attention summed over the answer's rows.</summary>
    private float[] Columns(Tensor queries, Tensor keys, Tensor queryHeads, Tensor keyHeads, ScoreRequest request)
    {
        var length = request.Prompt.Length + request.Response.Length;
        var first = request.Prompt.Length + request.ThinkEnd + 1;
        var rows = length - first;
        if (rows == 0) return new float[queryHeads.size(0) * length];
        // (chosen, rows, head size) and (chosen, length, head size)
        var asking = queries.narrow(1, first, rows).index_select(0, queryHeads).to(float32);
        var asked = keys.narrow(1, 0, length).index_select(0, keyHeads).to(float32);
        var future = ones([rows, length], ScalarType.Bool, queries.device).triu(first + 1);
        var attention = asking.matmul(asked.transpose(1, 2)).div_(Math.Sqrt(config.HeadSize))
            .masked_fill_(future, float.NegativeInfinity).softmax(-1);
        return attention.sum(1).cpu().contiguous().data<float>().ToArray();
    }

    private static double Mean(ReadOnlySpan<float> attention, int promptLength, TokenRange step)
    {
        var sum = 0.0;
        foreach (var value in attention[(promptLength + step.Start)..(promptLength + step.End)]) sum += value;
        return sum / (step.End - step.Start);
    }
}
