using AttnPo.Gpu.Model;
using AttnPo.Gpu.Training;
using TorchSharp;
using Xunit;
using static TorchSharp.torch;

namespace AttnPo.Gpu.Tests.Training;

public sealed class GradientTests
{
    private static readonly OptimizerSettings Settings = new();

    [Fact]
    public void With_weights_of_one_it_is_the_gradient_of_the_negative_log_likelihood()
    {
        var samples = TinyPolicy.Samples(1, weight: _ => 1);
        using var store = new PolicyStore();
        using var learner = TinyPolicy.Learner(store);
        using var plain = TinyPolicy.Learner(store);
        var sums = learner.Trainer.Accumulate(samples);
        var loss = Plain(plain, samples, (logProb, _) => -logProb.sum());
        Assert.Equal(loss, sums.NegativeLogLikelihood, 1e-3);
        Assert.Equal(-sums.Tokens, sums.Loss, 1e-9);
        Numbers.AssertWithin(2e-5, plain.Gradient(), learner.Gradient(), "gradient");
    }

    [Fact]
    public void It_is_the_gradient_of_the_clipped_surrogate_as_automatic_differentiation_has_it()
    {
        var samples = TinyPolicy.Samples(2, old: true);
        using var store = new PolicyStore();
        using var learner = TinyPolicy.Learner(store);
        using var plain = TinyPolicy.Learner(store);
        var sums = learner.Trainer.Accumulate(samples);
        var loss = Plain(plain, samples, Surrogate);
        Assert.InRange(sums.ClippedTokens, 1, sums.Tokens - 1);
        Assert.Equal(loss, sums.Loss, 1e-3);
        Numbers.AssertWithin(2e-5, plain.Gradient(), learner.Gradient(), "gradient");
    }

    [Fact]
    public void It_agrees_with_finite_differences()
    {
        var samples = TinyPolicy.Samples(3, old: true);
        using var store = new PolicyStore();
        using var learner = TinyPolicy.Learner(store);
        learner.Trainer.Accumulate(samples);
        foreach (var (name, weight) in learner.Decoder.Weights)
        {
            // Along its own direction the loss must change by the gradient's length; noise of 32-bit floats bounds the step.
            using var scope = NewDisposeScope();
            var gradient = weight.grad!.clone();
            var norm = gradient.norm().ToSingle();
            if (norm < 1e-2) continue;
            var along = gradient / norm;
            const double h = 2e-3;
            var slope = (LossAt(weight, along, h) - LossAt(weight, along, -h)) / (2 * h);
            Assert.True(Math.Abs(slope - norm) <= 0.03 * norm + 0.02, $"{name}: {slope} by differences, {norm} by the gradient");
        }

        double LossAt(Tensor weight, Tensor direction, double distance)
        {
            using var kept = weight.detach().clone();
            using (no_grad()) weight.add_(direction, distance);
            using var other = TinyPolicy.Learner(new PolicyStore());
            other.Decoder.CopyFrom(learner.Decoder);
            var loss = other.Trainer.Accumulate(samples).Loss;
            using (no_grad()) weight.copy_(kept);
            return loss;
        }
    }

    [Theory]
    [InlineData(1)]
    [InlineData(40)]
    [InlineData(10_000)]
    public void Micro_batches_and_padding_do_not_change_the_sum(int budget)
    {
        var samples = TinyPolicy.Samples(4, count: 9, old: true);
        using var store = new PolicyStore();
        using var learner = TinyPolicy.Learner(store, Settings with { MicroBatchTokens = budget });
        using var plain = TinyPolicy.Learner(store);
        var sums = learner.Trainer.Accumulate(samples);
        Plain(plain, samples, Surrogate);
        Numbers.AssertWithin(2e-5, plain.Gradient(), learner.Gradient(), "gradient");
        Assert.Equal(samples.Sum(s => s.Response.Length), sums.Tokens);
        Assert.Equal(samples.Sum(s => s.Prompt.Length + s.Response.Length), sums.Positions);
        Assert.True(sums.PaddedPositions >= sums.Positions);
    }

    public static TheoryData<string, bool> Architectures => new()
    {
        { nameof(Architecture.Qwen3), true }, { nameof(Architecture.Qwen3), false },
        { nameof(Architecture.Llama), true }, { nameof(Architecture.Llama), false },
    };

    [Theory]
    [MemberData(nameof(Architectures))]
    public void It_is_the_gradient_of_every_architecture(string architecture, bool recompute)
    {
        var config = TinyPolicy.Config with
        {
            Architecture = Enum.Parse<Architecture>(architecture), TiedHead = false, HeadSize = 8,
            RopeScaling = architecture == nameof(Architecture.Llama) ? new RopeScaling(8, 1, 4, 16) : null,
        };
        var samples = TinyPolicy.Samples(8, old: true);
        using var store = new PolicyStore();
        using var learner = PolicyLearner.Of(Decoder.Random(config, 4), Settings with { Recompute = recompute }, store);
        using var plain = PolicyLearner.Of(Decoder.Random(config, 4), Settings, store);
        var loss = Plain(plain, samples, Surrogate);
        Assert.Equal(loss, learner.Trainer.Accumulate(samples).Loss, 1e-3);
        Numbers.AssertWithin(1e-4, plain.Gradient(), learner.Gradient(), "gradient");
    }

    [Fact]
    public void Calls_add_up()
    {
        var samples = TinyPolicy.Samples(5);
        using var store = new PolicyStore();
        using var once = TinyPolicy.Learner(store);
        using var twice = TinyPolicy.Learner(store);
        once.Trainer.Accumulate(samples);
        twice.Trainer.Accumulate(samples[..2]);
        twice.Trainer.Accumulate(samples[2..]);
        Numbers.AssertWithin(2e-5, once.Gradient(), twice.Gradient(), "gradient");
    }

    [Fact]
    public void Entropy_and_the_gap_to_the_generator_come_with_the_pass()
    {
        using var store = new PolicyStore();
        using var learner = TinyPolicy.Learner(store);
        var samples = TinyPolicy.Samples(6);
        var scores = learner.Scorer.Score([.. samples.Select(s => new ScoreRequest(s.Prompt, s.Response, -1, []))], []);
        var generated = scores.Select(s => s.LogProbs.ToArray()).ToArray();
        generated[2][0] += 0.25f;
        var sums = learner.Trainer.Accumulate([.. samples.Zip(generated, (s, g) => s with { GeneratorLogProbs = g })]);
        Assert.Equal(0.25, sums.MaxLogProbGap, 1e-4);
        Assert.Equal(scores.Sum(s => s.Entropies.Sum(e => (double)e)), sums.Entropy, 1e-3);
        Assert.Equal(0, learner.Trainer.Accumulate(samples).MaxLogProbGap);
    }

    private static Tensor Surrogate(Tensor logProb, TrainingSample sample)
    {
        var advantage = tensor(sample.TokenWeights);
        var ratio = (logProb - tensor(sample.OldLogProbs!)).exp();
        var pessimistic = max(-advantage * ratio, -advantage * ratio.clamp(0.8, 1.2));
        return where(advantage.lt(0), min(pessimistic, -advantage * 3), pessimistic).sum();
    }

    /// <summary>One sample after the other, without padding, through log_softmax and automatic differentiation.</summary>
    private static double Plain(PolicyLearner learner, TrainingSample[] samples, Func<Tensor, TrainingSample, Tensor> loss)
    {
        var total = 0.0;
        foreach (var sample in samples)
        {
            using var scope = NewDisposeScope();
            var ids = tensor([.. sample.Prompt.Concat(sample.Response).Select(id => (long)id)], ScalarType.Int64).unsqueeze(0);
            var logits = learner.Decoder.Logits(learner.Decoder.Forward(ids))[0];
            var rows = logits.narrow(0, sample.Prompt.Length - 1, sample.Response.Length).log_softmax(-1);
            var targets = tensor([.. sample.Response.Select(id => (long)id)], ScalarType.Int64).unsqueeze(-1);
            var value = loss(rows.gather(-1, targets).squeeze(-1), sample);
            value.backward();
            total += value.ToSingle();
        }
        return total;
    }
}
