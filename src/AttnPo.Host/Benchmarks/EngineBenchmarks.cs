using AttnPo.Gpu;
using AttnPo.Gpu.Model;
using AttnPo.Gpu.Training;

namespace AttnPo.Host.Benchmarks;

/// <summary>The engine alone, over random tokens: what generation, training and scoring take on this machine.</summary>
/// <param name="model">What to measure.</param>
/// <param name="device">Where to compute.</param>
/// <param name="rounds">Measured rounds, after one to warm up.</param>
internal sealed class EngineBenchmarks(MeasuredModel model, string device, int rounds)
{
    private const int Seed = 1;

    /// <summary>Decodes rows at once, each from a prompt of its own.</summary>
    public EngineFigures Decode(int batch, int prompt, int fresh, NumberFormat format, CancellationToken cancellation)
    {
        using var generator = model.Generator(device, batch, format);
        var (random, config) = (new Random(Seed), model.Config);
        GenerationPrompt[] prompts = [.. Enumerable.Range(0, batch).Select(i => new GenerationPrompt(i, Tokens(random, config, prompt)))];
        var sampling = new SamplingSettings(fresh, 1, 1, 0, []);
        return EngineFigures.Measure(
            rounds, (long)batch * fresh, () => generator.Generate(new(Seed, 0, prompts, 1, sampling), cancellation), cancellation);
    }

    /// <summary>Gradient and update over sequences of one length, every token but the first a response token.</summary>
    public EngineFigures Train(int batch, int length, OptimizerSettings settings, NumberFormat store, CancellationToken cancellation)
    {
        using var policies = new PolicyStore(1, store);
        using var learner = PolicyLearner.Of(model.Decoder(device), settings, policies);
        var random = new Random(Seed);
        var config = learner.Decoder.Config;
        TrainingSample[] samples = [.. Enumerable.Range(0, batch).Select(_ => new TrainingSample(
            Tokens(random, config, 1), Tokens(random, config, length - 1), Values(random, length - 1)))];
        return EngineFigures.Measure(rounds, (long)batch * length, Step, cancellation);

        void Step()
        {
            learner.Trainer.Accumulate(samples, cancellation);
            learner.Trainer.Update(1e-6, (long)batch * (length - 1));
        }
    }

    /// <summary>Log-probabilities, entropies and step scores of three heads: steps over the first nine tenths, the answer the last.</summary>
    public EngineFigures Score(int batch, int length, NumberFormat compute, CancellationToken cancellation)
    {
        using var decoder = model.Decoder(device);
        var scorer = new Gpu.Scoring.Scorer(decoder, batch * length, compute);
        var requests = Responses(decoder.Config, batch, length);
        var config = decoder.Config;
        HeadId[] heads = [.. Enumerable.Range(0, 3).Select(i => new HeadId(i * (config.Layers - 1) / 2, i % config.Heads))];
        return EngineFigures.Measure(rounds, (long)batch * length, () => scorer.Score(requests, heads, cancellation), cancellation);
    }

    /// <summary>
    /// Step scores of many heads without log-probabilities, as a probe asks for them, in turn with the plain forward pass over the same responses, which
    /// answers nothing, and with one that answers log-probabilities and entropies.
    /// </summary>
    /// <param name="batch">Sequences at once.</param>
    /// <param name="length">Of each.</param>
    /// <param name="heads">How many, spread over the layers; all where there are fewer.</param>
    /// <param name="compute">Type of products and attention.</param>
    /// <param name="cancellation">Looked at between rounds and batches.</param>
    public EngineFigures Probe(int batch, int length, int heads, NumberFormat compute, CancellationToken cancellation)
    {
        using var decoder = model.Decoder(device);
        var scorer = new Gpu.Scoring.Scorer(decoder, batch * length, compute);
        var requests = Responses(decoder.Config, batch, length);
        ScoreRequest[] silent = [.. requests.Select(request => request with { LogProbsFrom = request.Response.Length })];
        var (inLayer, all) = (decoder.Config.Heads, decoder.Config.Heads * decoder.Config.Layers);
        var count = Math.Min(heads, all);
        HeadId[] chosen = [.. Enumerable.Range(0, count).Select(i => (int)((long)i * all / count))
            .Select(place => new HeadId(place / inLayer, place % inLayer))];
        return EngineFigures.Measure(
            rounds, (long)batch * length, () => scorer.Score(silent, chosen, cancellation), cancellation,
            ("plain_forward", () => scorer.Score(silent, [], cancellation)),
            ("forward_with_log_probs", () => scorer.Score(requests, [], cancellation)));
    }

    private static ScoreRequest[] Responses(ModelConfig config, int batch, int length)
    {
        var random = new Random(Seed);
        var thinkEnd = length - 2 - (length / 10);
        TokenRange[] steps = [.. Enumerable.Range(0, 8).Select(i => new TokenRange(i * thinkEnd / 8, (i + 1) * thinkEnd / 8))];
        return [.. Enumerable.Range(0, batch).Select(_ => new ScoreRequest(
            Tokens(random, config, 1), Tokens(random, config, length - 1), thinkEnd, steps))];
    }

    private static int[] Tokens(Random random, ModelConfig config, int count) =>
        [.. Enumerable.Range(0, count).Select(_ => random.Next(config.VocabularySize))];

    private static float[] Values(Random random, int count) => [.. Enumerable.Range(0, count).Select(_ => (float)(random.NextDouble() - 0.5))];
}
