using AttnPo.Gpu.Model;
using AttnPo.Gpu.Training;

namespace AttnPo.Gpu.Tests.Training;

/// <summary>A very small policy and samples of uneven lengths for it.</summary>
internal static class TinyPolicy
{
    public static readonly ModelConfig Config = new(24, 32, 2, 4, 2, 6, 40, 96, 1e-6, 10000, TiedHead: true);

    public static PolicyLearner Learner(PolicyStore store, OptimizerSettings? settings = null, long seed = 3)
    {
        var decoder = Decoder.Random(Config, seed);
        using (TorchSharp.torch.no_grad())
        {
            // The embedding of a fresh model is so small that every distribution is even; this makes it say something.
            decoder.Weights.Single(w => w.Name == WeightShapes.Embedding).Weight.mul_(8);
        }
        return PolicyLearner.Of(decoder, settings ?? new OptimizerSettings(), store);
    }

    public static TrainingSample[] Samples(int seed, int count = 6, Func<Random, float>? weight = null, bool old = false)
    {
        var random = new Random(seed);
        return [.. Enumerable.Range(0, count).Select(_ =>
        {
            var length = random.Next(1, 20);
            return new TrainingSample(
                Ids(random.Next(1, 6)), Ids(length), Values(length, weight ?? (r => (float)(r.NextDouble() * 2 - 1))),
                old ? Values(length, r => (float)(-3.7 + r.NextDouble() - 0.5)) : null);
        })];

        int[] Ids(int n) => [.. Enumerable.Range(0, n).Select(_ => random.Next(Config.VocabularySize))];
        float[] Values(int n, Func<Random, float> next) => [.. Enumerable.Range(0, n).Select(_ => next(random))];
    }

    public static double[] Gradient(this PolicyLearner learner) =>
        [.. learner.Decoder.Weights.SelectMany(w => w.Weight.grad!.data<float>().ToArray()).Select(v => (double)v)];
}
