using AttnPo.Gpu.Model;
using AttnPo.Gpu.Training;
using TorchSharp;
using Xunit;
using static TorchSharp.torch;

namespace AttnPo.Gpu.Tests.Training;

public sealed class MemoryOfTrainingTests
{
    private static readonly OptimizerSettings Settings = new();

    [Fact, Trait("Contract", "C3")]
    public void Recomputed_activations_give_the_same_gradient_bit_for_bit()
    {
        var samples = TinyPolicy.Samples(4, count: 9, old: true);
        using var store = new PolicyStore();
        using var recomputed = TinyPolicy.Learner(store, Settings with { Recompute = true });
        using var kept = TinyPolicy.Learner(store, Settings with { Recompute = false });
        Assert.Equal(kept.Trainer.Accumulate(samples), recomputed.Trainer.Accumulate(samples));
        Assert.Equal(kept.Gradient(), recomputed.Gradient());
    }

    [Theory]
    [InlineData(true, true)]
    [InlineData(false, true)]
    [InlineData(true, false)]
    public void Half_precision_products_give_nearly_the_gradient_of_whole_ones(bool recompute, bool tied)
    {
        var samples = TinyPolicy.Samples(6, count: 9);
        using var store = new PolicyStore();
        var config = TinyPolicy.Config with { TiedHead = tied };
        using var whole = PolicyLearner.Of(Decoder.Random(config, 5), Settings, store);
        using var half = PolicyLearner.Of(
            Decoder.Random(config, 5), Settings with { Recompute = recompute, Compute = NumberFormat.BFloat16 }, store);
        var (expected, actual) = (whole.Trainer.Accumulate(samples), half.Trainer.Accumulate(samples));
        Assert.Equal(expected.NegativeLogLikelihood, actual.NegativeLogLikelihood, expected.NegativeLogLikelihood * 1e-2);
        var (g, h) = (whole.Gradient(), half.Gradient());
        var (dot, lengths) = (g.Zip(h, (a, b) => a * b).Sum(), Math.Sqrt(g.Sum(a => a * a) * h.Sum(b => b * b)));
        Assert.InRange(dot / lengths, 0.999, 1);
        Assert.NotEqual(g, h);
        Assert.All(half.Decoder.Weights, w => Assert.Equal(ScalarType.Float32, w.Weight.dtype));
    }

    [Fact]
    public void A_gradient_over_many_chunks_of_the_vocabulary_is_that_over_one()
    {
        // So large a vocabulary that a chunk holds two rows; its unused tokens change nothing but the normaliser.
        var config = TinyPolicy.Config with { VocabularySize = 1 << 23, HiddenSize = 4, Heads = 1, KeyValueHeads = 1, HeadSize = 4, Layers = 1 };
        Assert.Equal(3, LogitChunks.Of(5, config.VocabularySize).Count());
        using var store = new PolicyStore();
        using var learner = PolicyLearner.Of(Decoder.Random(config, 2), Settings, store);
        var sample = new TrainingSample([1], [2, 3, 4, 5, 6], [1, 1, 1, 1, 1]);
        learner.Trainer.Accumulate([sample]);
        using var scope = NewDisposeScope();
        var head = learner.Decoder.Head;
        var actual = head.grad!.clone();
        learner.Decoder.zero_grad();

        var ids = tensor(new long[] { 1, 2, 3, 4, 5 }).unsqueeze(0);
        var rows = learner.Decoder.Logits(learner.Decoder.Forward(ids))[0].log_softmax(-1);
        rows.gather(-1, tensor(new long[] { 2, 3, 4, 5, 6 }).unsqueeze(-1)).sum().neg().backward();
        // Sums over so many tokens are rounded otherwise on each processor; a chunk left out, or added twice, would be a fifth of the largest.
        Assert.InRange((actual - head.grad!).abs().max().ToSingle() / head.grad!.abs().max().ToSingle(), 0, 1e-4f);
    }

    [Fact]
    public void The_gap_to_the_generator_weighs_tokens_up_to_the_cap_where_it_is_asked_for()
    {
        var token = new TrainedToken(2, null, Generator: -2);
        Assert.Equal(2 * Math.Exp(0.5), -token.Loss(-1.5, Settings with { ImportanceCap = 2 }).Slope, 12);
        Assert.Equal(2 * 1.2, -token.Loss(-1.5, Settings with { ImportanceCap = 1.2 }).Slope, 12);
        Assert.Equal(2 * Math.Exp(-1), -token.Loss(-3, Settings with { ImportanceCap = 1.2 }).Slope, 12);
        Assert.Equal(2, -token.Loss(-1.5, Settings).Slope, 12);
        Assert.Equal(2, -(token with { Generator = null }).Loss(-1.5, Settings with { ImportanceCap = 1.2 }).Slope, 12);
    }

    [SkippableFact, Trait("Contract", "C6")]
    public void The_memory_of_the_output_head_does_not_grow_with_the_sequence()
    {
        Skip.IfNot(OperatingSystem.IsLinux(), "the peak of memory can be reset on Linux alone");
        const int Vocabulary = 200_000;
        var config = new ModelConfig(8, 8, 1, 1, 1, 8, Vocabulary, 4096, 1e-6, 10000, TiedHead: true);
        using var store = new PolicyStore();
        using var learner = PolicyLearner.Of(Decoder.Random(config, 2), Settings, store);
        Train(200);
        var before = PeakKilobytes();
        Train(2000);
        // Its logits would be 1.6 GB.
        Assert.InRange(PeakKilobytes() - before, 0, 300_000);

        void Train(int tokens)
        {
            File.WriteAllText("/proc/self/clear_refs", "5");
            learner.Trainer.Accumulate([new TrainingSample([1], [.. Enumerable.Range(2, tokens)], [.. Enumerable.Repeat(1f, tokens)])]);
        }

        static long PeakKilobytes() => long.Parse(
            File.ReadLines("/proc/self/status").Single(line => line.StartsWith("VmHWM:", StringComparison.Ordinal)).Split(' ', StringSplitOptions.RemoveEmptyEntries)[1],
            System.Globalization.CultureInfo.InvariantCulture);
    }

    [Fact, Trait("Contract", "C6")]
    public void A_pass_leaves_no_tensors_behind()
    {
        var samples = TinyPolicy.Samples(7);
        using var store = new PolicyStore();
        using var recomputed = TinyPolicy.Learner(store);
        using var kept = TinyPolicy.Learner(store, Settings with { Recompute = false, Compute = NumberFormat.BFloat16 });
        recomputed.Trainer.Accumulate(samples);
        kept.Trainer.Accumulate(samples);
        Assert.Equal(0, LiveTensors.Count(() =>
        {
            for (var i = 0; i < 5; i++) recomputed.Trainer.Accumulate(samples);
            for (var i = 0; i < 5; i++) kept.Trainer.Accumulate(samples);
        }));
    }
}
