using AttnPo.Gpu.Model;
using AttnPo.Gpu.Training;
using Xunit;

namespace AttnPo.Gpu.Tests.Training;

/// <summary>Step scores read in the forward pass that trains.</summary>
public sealed class AttentionReadingTests
{
    // The scorer batches the responses otherwise, so products may round otherwise: half a unit in the last of 8 bits of a number up to .5.
    // Scores computed in f32 are further away than that.
    private const double BFloat16Tolerance = 1.0 / 1024;

    private static readonly HeadId[] Heads = [new(1, 3), new(0, 1), new(0, 2)];

    [Theory]
    [InlineData(true, NumberFormat.Float32, 1e-5)]
    [InlineData(false, NumberFormat.Float32, 1e-5)]
    [InlineData(true, NumberFormat.BFloat16, BFloat16Tolerance)]
    [InlineData(false, NumberFormat.BFloat16, BFloat16Tolerance)]
    public void They_are_what_the_scorer_answers_for_every_response_of_the_call(bool recompute, NumberFormat compute, double tolerance)
    {
        using var store = new PolicyStore();
        using var learner = TinyPolicy.Learner(store, new OptimizerSettings { Recompute = recompute, Compute = compute, MicroBatchTokens = 64 });
        var read = new Dictionary<int, double[][]>();
        var samples = Samples(read);
        learner.Trainer.Accumulate(samples);

        var scored = samples.Select((sample, i) => (sample, i)).Where(s => s.sample.Attention is not null).ToArray();
        Assert.Equal(scored.Select(s => s.i), read.Keys.Order());
        var expected = learner.Scorer.Score(
            [.. scored.Select(s => new ScoreRequest(s.sample.Prompt, s.sample.Response, s.sample.Attention!.ThinkEnd, s.sample.Attention.Steps))], Heads);
        foreach (var ((_, i), scores) in scored.Zip(expected))
            Numbers.AssertWithin(tolerance, scores.HeadScores.SelectMany(head => head), read[i].SelectMany(head => head), "step score");
    }

    [Theory, Trait("Contract", "C3")]
    [InlineData(true, NumberFormat.Float32)]
    [InlineData(false, NumberFormat.Float32)]
    [InlineData(true, NumberFormat.BFloat16)]
    [InlineData(false, NumberFormat.BFloat16)]
    public void Weights_that_are_made_of_them_train_bit_for_bit_as_the_same_weights_given(bool recompute, NumberFormat compute)
    {
        var settings = new OptimizerSettings { Recompute = recompute, Compute = compute };
        using var store = new PolicyStore();
        using var reading = TinyPolicy.Learner(store, settings);
        using var given = TinyPolicy.Learner(store, settings);
        var weights = new Dictionary<int, float[]>();
        var samples = Samples([], (i, scores, length) => weights[i] = [.. Enumerable.Range(0, length).Select(t => (float)scores[t % 3][0] - 0.1f * t)]);
        var sums = reading.Trainer.Accumulate(samples);
        var same = given.Trainer.Accumulate(
            [.. samples.Select((s, i) => s.Attention is null ? s : s with { Attention = null, TokenWeights = weights[i] })]);
        Assert.Equal(same, sums with { Reading = TimeSpan.Zero });
        Assert.True(sums.Reading > TimeSpan.Zero);
        Assert.Equal(given.Gradient(), reading.Gradient());
    }

    [Fact]
    public void A_response_has_weights_or_attention_to_make_them_of_and_heads_are_those_of_the_call()
    {
        using var store = new PolicyStore();
        using var learner = TinyPolicy.Learner(store);
        var reading = new AttentionReading(Heads, 2, [new TokenRange(0, 2)], _ => [1, 1, 1, 1]);
        var sample = new TrainingSample([1], [2, 3, 4, 5], []) { Attention = reading };
        learner.Trainer.Accumulate([sample]);
        Refused("has weights and attention", sample with { TokenWeights = [1, 1, 1, 1] });
        Refused("different heads", sample, sample with { Attention = reading with { Heads = [new(0, 0)] } });
        Refused("head 7:0 does not exist", sample with { Attention = reading with { Heads = [new(7, 0)] } });
        Refused("step 0 to 3", sample with { Attention = reading with { Steps = [new TokenRange(0, 3)] } });
        Refused("think end 4", sample with { Attention = reading with { ThinkEnd = 4 } });
        Assert.Throws<InvalidOperationException>(() =>
            learner.Trainer.Accumulate([sample with { Attention = reading with { Weigh = _ => [1] } }]));

        void Refused(string reason, params TrainingSample[] samples) =>
            Assert.Contains(reason, Assert.Throws<ArgumentException>(() => learner.Trainer.Accumulate(samples)).Message);
    }

    /// <summary>Every other response has an answer and is read.</summary>
    private static TrainingSample[] Samples(Dictionary<int, double[][]> read, Func<int, double[][], int, float[]>? weigh = null) =>
        [.. TinyPolicy.Samples(8, count: 12).Select((sample, i) =>
        {
            var length = sample.Response.Length;
            if (i % 2 == 0 || length < 6) return sample;
            return sample with
            {
                TokenWeights = [],
                Attention = new AttentionReading(Heads, length - 3, [new TokenRange(0, 1), new TokenRange(1, length - 3)], scores =>
                {
                    read[i] = scores;
                    return weigh?.Invoke(i, scores, length) ?? new float[length];
                }),
            };
        })];
}
