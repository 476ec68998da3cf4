using AttnPo.Gpu.Checkpoints;
using AttnPo.Gpu.Generation;
using AttnPo.Gpu.Generation.Processor;
using AttnPo.Gpu.Model;
using AttnPo.Gpu.Training;
using Xunit;
using static TorchSharp.torch;
using Generator = AttnPo.Gpu.Generation.Generator;

namespace AttnPo.Gpu.Tests.Training;

public sealed class TrainerTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();
    private readonly PolicyStore _store = new();

    [Fact, Trait("Contract", "C3")]
    public void Saved_loaded_and_continued_equals_uninterrupted_bit_for_bit()
    {
        using var alone = TinyPolicy.Learner(_store);
        for (var step = 0; step < 3; step++) Step(alone.Trainer, step);
        var checkpoint = _folder.New("step-3");
        alone.Trainer.SaveCheckpoint(checkpoint);
        for (var step = 3; step < 6; step++) Step(alone.Trainer, step);

        // A process that starts anew knows the folder alone; it even began from other weights.
        using var store = new PolicyStore();
        using var again = TinyPolicy.Learner(store, seed: 99);
        Step(again.Trainer, 50);
        again.Trainer.Accumulate(TinyPolicy.Samples(51));
        again.Trainer.LoadCheckpoint(checkpoint);
        Assert.Equal(3, again.Trainer.PolicyVersion);
        Assert.Equal(3, store.Newest);
        for (var step = 3; step < 6; step++) Step(again.Trainer, step);

        Assert.Equal(alone.Decoder.Values(), again.Decoder.Values());
        var (left, right) = (_folder.New("alone"), _folder.New("again"));
        alone.Trainer.SaveCheckpoint(left);
        again.Trainer.SaveCheckpoint(right);
        foreach (var name in new[] { "config.json", "model.safetensors", "optimizer.safetensors" })
            Assert.Equal(File.ReadAllBytes(Path.Combine(left, name)), File.ReadAllBytes(Path.Combine(right, name)));
    }

    [Fact]
    public void An_update_is_that_of_AdamW_with_decoupled_decay()
    {
        var settings = new OptimizerSettings { ClipNorm = 0.5, WeightDecay = 0.1 };
        using var learner = TinyPolicy.Learner(_store, settings);
        using var scope = NewDisposeScope();
        var shadows = learner.Decoder.Weights.Select(w => w.Weight.detach().clone()).ToArray();
        var parameters = shadows.Select(s => new TorchSharp.Modules.Parameter(s)).ToArray();
        var reference = optim.AdamW(parameters, 1e-2, 0.9, 0.999, 1e-8, 0.1);
        for (var step = 0; step < 4; step++)
        {
            var sums = learner.Trainer.Accumulate(TinyPolicy.Samples(step, weight: _ => 4));
            foreach (var (parameter, (_, weight)) in parameters.Zip(learner.Decoder.Weights))
                parameter.grad = weight.grad!.div(sums.Tokens);
            var norm = nn.utils.clip_grad_norm_(parameters, 0.5);
            reference.step();
            var report = learner.Trainer.Update(1e-2, sums.Tokens);
            Assert.True(norm > 0.5, "the clip is not tried");
            Assert.Equal(norm, report.GradientNorm, 1e-4);
        }
        var expected = parameters.SelectMany(p => p.data<float>().ToArray()).Doubles();
        Numbers.AssertWithin(1e-5, expected, learner.Decoder.Values().Doubles(), "weight");
    }

    [Fact]
    public void Updates_on_the_same_answer_make_it_likely()
    {
        using var learner = TinyPolicy.Learner(_store);
        var samples = TinyPolicy.Samples(8, weight: _ => 1);
        var first = learner.Trainer.Accumulate(samples).NegativeLogLikelihood;
        learner.Trainer.DiscardGradients();
        var last = double.NaN;
        for (var i = 0; i < 60; i++)
        {
            var sums = learner.Trainer.Accumulate(samples);
            last = sums.NegativeLogLikelihood;
            learner.Trainer.Update(1e-2, sums.Tokens);
        }
        Assert.True(last < 0.1 * first, $"from {first} to {last}");
    }

    [Fact]
    public void Each_update_publishes_a_version()
    {
        using var learner = TinyPolicy.Learner(_store);
        using var reader = Decoder.Random(TinyPolicy.Config, 77);
        Assert.Equal(0, _store.Newest);
        var report = Step(learner.Trainer, 0);
        Assert.Equal((1, 1L, 1L), (report.PolicyVersion, learner.Trainer.PolicyVersion, _store.Newest!.Value));
        _store.CopyTo(1, reader);
        Assert.Equal(learner.Decoder.Values(), reader.Values());
    }

    [Fact]
    public void Discarded_gradients_leave_no_trace()
    {
        using var one = TinyPolicy.Learner(_store);
        using var other = TinyPolicy.Learner(_store);
        one.Trainer.Accumulate(TinyPolicy.Samples(20));
        one.Trainer.DiscardGradients();
        Step(one.Trainer, 1);
        Step(other.Trainer, 1);
        Assert.Equal(other.Decoder.Values(), one.Decoder.Values());
    }

    [Fact]
    public void A_step_without_any_gradient_is_still_an_update()
    {
        using var learner = TinyPolicy.Learner(_store);
        Assert.Equal(new UpdateReport(1, 0), learner.Trainer.Update(1e-3, 10));
    }

    [Fact, Trait("Contract", "C6")]
    public void Tensors_and_native_buffers_are_as_many_after_many_whole_steps_as_after_two()
    {
        using var learner = TinyPolicy.Learner(_store);
        using var onDevice = new Generator(_store, new CachedDecoder(TinyPolicy.Config, CPU), 4);
        using var onProcessor = new Generator(_store, new ProcessorDecoder(TinyPolicy.Config, 2), 4);
        ScoreRequest request = new([1, 2], [3, 4, 5, 6, 7], 3, [new TokenRange(0, 3)]);
        void Work(int step)
        {
            foreach (var generator in (Generator[])[onDevice, onProcessor])
            {
                generator.LoadPolicy(learner.Trainer.PolicyVersion);
                generator.Generate(new GenerationRequest(
                    1, step, [new GenerationPrompt(0, [1, 2, 3]), new GenerationPrompt(1, [4])], 4, new SamplingSettings(70, 1, 1, 0, [])));
            }
            learner.Scorer.Score([request], [new HeadId(1, 2)]);
            Step(learner.Trainer, step);
            learner.Trainer.SaveCheckpoint(_folder.New($"step-{step}"));
        }
        Work(0);
        Work(1);
        // What other tests left to the finalizer is not this one's.
        GC.Collect();
        GC.WaitForPendingFinalizers();
        var buffers = FloatBuffer.LiveCount;
        var live = LiveTensors.Count(() =>
        {
            for (var step = 2; step < 8; step++) Work(step);
        });
        Assert.Equal(0, live);
        Assert.Equal(buffers, FloatBuffer.LiveCount);
    }

    [Fact]
    public void A_gradient_that_is_not_finite_stops_the_update_before_the_weights()
    {
        using var learner = TinyPolicy.Learner(_store);
        learner.Trainer.Accumulate(TinyPolicy.Samples(1, weight: _ => float.PositiveInfinity));
        var before = learner.Decoder.Values();
        Assert.Throws<InvalidOperationException>(() => learner.Trainer.Update(1e-3, 10));
        Assert.Equal(before, learner.Decoder.Values());
        Assert.Equal(0, learner.Trainer.PolicyVersion);
    }

    [Fact]
    public void A_sample_whose_numbers_do_not_match_its_tokens_is_refused()
    {
        using var learner = TinyPolicy.Learner(_store);
        var error = Assert.Throws<ArgumentException>(() => learner.Trainer.Accumulate([new TrainingSample([1], [2, 3], [1])]));
        Assert.Equal("sample 0: 1 TokenWeights for 2 response tokens", error.Message);
    }

    [Theory, Trait("Contract", "C9")]
    [InlineData("model.safetensors")]
    [InlineData("optimizer.safetensors")]
    public void A_damaged_checkpoint_changes_nothing(string damaged)
    {
        using var learner = TinyPolicy.Learner(_store);
        Step(learner.Trainer, 0);
        var checkpoint = _folder.New("checkpoint");
        learner.Trainer.SaveCheckpoint(checkpoint);
        Step(learner.Trainer, 1);
        var path = Path.Combine(checkpoint, damaged);
        File.WriteAllBytes(path, File.ReadAllBytes(path)[..^4]);
        var before = learner.Decoder.Values();
        var error = Assert.Throws<InvalidDataException>(() => learner.Trainer.LoadCheckpoint(checkpoint));
        Assert.StartsWith(path, error.Message);
        Assert.Equal(before, learner.Decoder.Values());
        Assert.Equal(2, learner.Trainer.PolicyVersion);
    }

    [Fact]
    public void A_checkpoint_of_another_model_is_refused()
    {
        using var learner = TinyPolicy.Learner(_store);
        using var other = Decoder.Random(TinyPolicy.Config with { RopeTheta = 20000 }, 1);
        HuggingFaceModel.Of(other).Save(_folder.Path);
        var error = Assert.Throws<InvalidDataException>(() => learner.Trainer.LoadCheckpoint(_folder.Path));
        Assert.Contains("describes another model", error.Message);
    }

    private static UpdateReport Step(ITrainer trainer, int step)
    {
        var sums = trainer.Accumulate(TinyPolicy.Samples(100 + step));
        return trainer.Update(1e-3, sums.Tokens);
    }

    public void Dispose()
    {
        _store.Dispose();
        _folder.Dispose();
    }
}
