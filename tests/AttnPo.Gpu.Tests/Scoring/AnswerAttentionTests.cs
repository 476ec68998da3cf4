using AttnPo.Gpu.Model;
using AttnPo.Gpu.Scoring;
using Xunit;
using static TorchSharp.torch;

namespace AttnPo.Gpu.Tests.Scoring;

public sealed class AnswerAttentionTests
{
    private const int Length = 90;
    private const int HeadSize = 8;
    private static readonly ModelConfig Config = new(32, 24, 2, 6, 3, HeadSize, 32, 128, 1e-6, 10000, TiedHead: true);
    private static readonly HeadId[] AllHeads = [.. Enumerable.Range(0, 12).Select(i => new HeadId(i / 6, i % 6))];

    // The second is shorter than the batch, the third has no answer, the fourth an empty one; steps leave gaps and overlap.
    private static readonly ScoreRequest[] Requests =
    [
        new(new int[7], new int[Length - 7], 50, [new(0, 10), new(10, 11), new(20, 50), new(5, 25)]),
        new(new int[1], new int[40], 30, [new(0, 30), new(29, 30)]),
        new(new int[3], new int[20], -1, [new(0, 5)]),
        new(new int[3], new int[20], 19, [new(0, 5)]),
    ];

    [Theory]
    [InlineData(AnswerAttention.Elements)]
    [InlineData(5000)]
    [InlineData(1000)]
    [InlineData(1)]
    public void Scores_equal_attention_written_out_however_few_rows_are_computed_at_once(long elements)
    {
        using var scope = NewDisposeScope();
        using var attention = new AnswerAttention(Config, AllHeads, Requests, elements);
        var layers = Enumerable.Range(0, 2).Select(layer => Layer(seed: layer)).ToArray();
        for (var layer = 0; layer < layers.Length; layer++) attention.Observe(layer, layers[layer].Queries, layers[layer].Keys);

        var scores = attention.Scores();
        for (var b = 0; b < Requests.Length; b++)
        {
            for (var i = 0; i < AllHeads.Length; i++)
                Numbers.AssertWithin(1e-6, WrittenOut(layers[AllHeads[i].Layer], b, AllHeads[i].Head), scores[b][i], $"sequence {b}, head {AllHeads[i]}");
        }
    }

    [Fact]
    public void A_few_heads_in_any_order_have_the_scores_that_they_have_among_all()
    {
        using var scope = NewDisposeScope();
        HeadId[] few = [new(1, 4), new(0, 0), new(1, 1)];
        using var ofAll = new AnswerAttention(Config, AllHeads, Requests);
        using var ofFew = new AnswerAttention(Config, few, Requests);
        for (var layer = 0; layer < 2; layer++)
        {
            var (queries, keys) = Layer(layer);
            ofAll.Observe(layer, queries, keys);
            ofFew.Observe(layer, queries, keys);
        }

        var (all, some) = (ofAll.Scores(), ofFew.Scores());
        for (var b = 0; b < Requests.Length; b++)
        {
            for (var i = 0; i < few.Length; i++)
                Numbers.AssertWithin(1e-7, all[b][Array.IndexOf(AllHeads, few[i])], some[b][i], $"sequence {b}, head {few[i]}");
        }
    }

    [Theory, Trait("Contract", "C6")]
    [InlineData(5000)]
    [InlineData(1000)]
    public void No_more_weights_are_computed_at_once_than_allowed(long elements)
    {
        using var scope = NewDisposeScope();
        using var attention = new AnswerAttention(Config, AllHeads, Requests, elements);
        var (queries, keys) = Layer(0);
        attention.Observe(0, queries, keys);
        // As much as fits is used; all rows at once would be 6 heads x 32 rows x 90 positions.
        Assert.InRange(attention.LargestChunk, elements / 2, elements);
    }

    [Fact, Trait("Contract", "C6")]
    public void Nothing_is_left_on_the_device() => Assert.Equal(0, LiveTensors.Count(() =>
    {
        using var scope = NewDisposeScope();
        using var attention = new AnswerAttention(Config, AllHeads, Requests, elements: 1000);
        var (queries, keys) = Layer(0);
        attention.Observe(0, queries, keys);
        attention.Scores();
    }));

    private static (Tensor Queries, Tensor Keys) Layer(int seed)
    {
        using var generator = new Generator((ulong)seed + 1, CPU);
        return (randn([Requests.Length, Config.Heads, Length, HeadSize], float32, generator: generator),
            randn([Requests.Length, Config.KeyValueHeads, Length, HeadSize], float32, generator: generator));
    }

    /// <summary>(1/|s|) * sum over m in F, n in s of attention(m -> n), as the method has it, in double precision.</summary>
    private static double[] WrittenOut((Tensor Queries, Tensor Keys) layer, int sequence, int head)
    {
        var request = Requests[sequence];
        if (request.ThinkEnd < 0) return [];
        var queries = layer.Queries[sequence, head].data<float>().ToArray();
        var keys = layer.Keys[sequence, head / Config.HeadsPerKeyValue].data<float>().ToArray();
        var (prompt, length) = (request.Prompt.Length, request.Prompt.Length + request.Response.Length);
        var scores = new double[request.Steps.Count];
        for (var m = prompt + request.ThinkEnd + 1; m < length; m++)
        {
            double[] weights = [.. Enumerable.Range(0, m + 1).Select(n => Math.Exp(
                Enumerable.Range(0, HeadSize).Sum(d => (double)queries[m * HeadSize + d] * keys[n * HeadSize + d]) / Math.Sqrt(HeadSize)))];
            var all = weights.Sum();
            for (var s = 0; s < scores.Length; s++)
            {
                var (start, end) = (request.Steps[s].Start, request.Steps[s].End);
                scores[s] += weights[(prompt + start)..(prompt + end)].Sum() / all / (end - start);
            }
        }
        return scores;
    }
}
