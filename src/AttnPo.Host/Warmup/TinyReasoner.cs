using System.Text.Json;
using AttnPo.Core.Data;
using AttnPo.Core.Probing;
using AttnPo.Core.Steps;
using AttnPo.Core.Text;
using AttnPo.Core.Verification;
using AttnPo.Gpu;
using AttnPo.Gpu.Generation;
using AttnPo.Gpu.Model;
using AttnPo.Gpu.Training;
using AttnPo.Host.Models;
using AttnPo.Host.Probing;

namespace AttnPo.Host.Warmup;

/// <summary>How far a warm-up is.</summary>
/// <param name="Stage">Of the curriculum.</param>
/// <param name="Update">Updates made.</param>
/// <param name="Updates">Updates in all.</param>
/// <param name="Loss">Mean negative log-likelihood of a response token, in nats.</param>
internal readonly record struct WarmupProgress(string Stage, int Update, int Updates, double Loss);

/// <summary>
/// Makes the tiny reasoner from nothing: a tokenizer, random weights, a curriculum of an overthinking teacher's traces, and the
/// Key-Focus Heads of the result. A function of recipe, seed and thread count.
/// </summary>
internal sealed class TinyReasoner(WarmupRecipe recipe, ulong seed)
{
    private const int ProbePrompts = 600;
    private const int MaxNewTokens = 512;

    /// <summary>Trains and writes the model folder; the directory must exist and be empty.</summary>
    public (ModelConfig Model, HeadReport Found) Make(string directory, Action<WarmupProgress> report, CancellationToken cancellation)
    {
        TinyTask.WriteTokenizer(directory);
        var tokenizer = Tokenizer.Load(directory);
        WriteGenerationConfig(directory, tokenizer);

        using var store = new PolicyStore();
        var start = Decoder.Random(WarmupRecipe.Model(tokenizer.VocabularySize), (long)seed);
        using var learner = PolicyLearner.Of(start, new OptimizerSettings { Beta2 = 0.98, MicroBatchTokens = 8192 }, store);
        Train(learner.Trainer, tokenizer, report, cancellation);
        learner.SaveModel(directory);

        var folder = ModelFolder.Open(directory);
        using var generator = new Generator(store, folder.Config);
        generator.LoadPolicy(learner.Trainer.PolicyVersion);
        var task = new TinyTask(recipe.Stages[^1].Task, seed);
        var probe = new HeadProbe(folder, Reader(tokenizer), task, generator, learner.Scorer);
        var found = probe.Run([.. Enumerable.Range(0, ProbePrompts).Select(i => task.Train[i])], seed, MaxNewTokens);
        HeadReportFiles.WriteModelHeads(directory, folder.Config, found);
        return (folder.Config, found);
    }

    private void Train(ITrainer trainer, Tokenizer tokenizer, Action<WarmupProgress> report, CancellationToken cancellation)
    {
        long trace = 0;
        var update = 0;
        foreach (var stage in recipe.Stages)
        {
            var task = new TinyTask(stage.Task, seed);
            for (var i = 0; i < stage.Updates; i++, update++)
            {
                var batch = Enumerable.Range(0, stage.BatchSize).Select(_ => Sample(task.Trace(seed, trace++), tokenizer)).ToArray();
                var sums = trainer.Accumulate(batch, cancellation);
                trainer.Update(recipe.RateAt(update), sums.Tokens);
                report(new WarmupProgress(stage.Name, update + 1, recipe.Updates, sums.NegativeLogLikelihood / sums.Tokens));
            }
        }
    }

    /// <summary>With weight 1 on every token the policy gradient is that of the log-likelihood: imitation needs no loss of its own.</summary>
    private static TrainingSample Sample((Prompt Prompt, string Response) trace, Tokenizer tokenizer)
    {
        var response = tokenizer.Encode(trace.Response);
        var weights = new float[response.Length];
        Array.Fill(weights, 1);
        return new TrainingSample(tokenizer.Encode(trace.Prompt.Text), response, weights);
    }

    private static ResponseReader Reader(Tokenizer tokenizer) =>
        new(tokenizer, PhraseTable.Official, new SegmentationSettings(MinCharacters: 8), new MathVerifier(new ExactGrader()));

    private static void WriteGenerationConfig(string directory, Tokenizer tokenizer)
    {
        using var stream = File.Create(Path.Combine(directory, "generation_config.json"));
        using (var json = new Utf8JsonWriter(stream, new JsonWriterOptions { Indented = true, NewLine = "\n" }))
        {
            json.WriteStartObject();
            json.WriteNumber("bos_token_id", tokenizer.IdOf("<|begin|>")!.Value);
            json.WriteNumber("eos_token_id", tokenizer.IdOf("<|end|>")!.Value);
            json.WriteBoolean("do_sample", true);
            json.WriteNumber("temperature", 1.0);
            json.WriteNumber("max_new_tokens", MaxNewTokens);
            json.WriteEndObject();
        }
        stream.Write("\n"u8);
    }
}
