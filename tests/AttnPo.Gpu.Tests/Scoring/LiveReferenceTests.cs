using System.Text.Json;
using AttnPo.Gpu.Checkpoints;
using AttnPo.Gpu.Generation;
using AttnPo.Gpu.Generation.Processor;
using AttnPo.Gpu.Model;
using AttnPo.Gpu.Scoring;
using Xunit;
using Xunit.Abstractions;
using static TorchSharp.torch;
using Generator = AttnPo.Gpu.Generation.Generator;

namespace AttnPo.Gpu.Tests.Scoring;

/// <summary>Larger shapes against the reference implementation itself, where it can run.</summary>
public sealed class LiveReferenceTests(ITestOutputHelper output)
{
    private const int GreedyTokens = 64;

    // One, two, four and eight query heads a key, tied and untied.
    [SkippableTheory]
    [InlineData(4, 256, 8, 2, 704, 512, 1, 11)]
    [InlineData(6, 192, 6, 6, 512, 1000, 0, 12)]
    [InlineData(3, 320, 10, 5, 640, 2048, 0, 13)]
    [InlineData(3, 256, 8, 1, 512, 700, 1, 14)]
    [InlineData(2, 128, 16, 2, 352, 300, 0, 15)]
    [InlineData(4, 192, 6, 3, 512, 450, 1, 16)]
    [InlineData(3, 128, 4, 4, 256, 333, 1, 17)]
    public void Larger_shapes_equal_the_reference(int layers, int hidden, int heads, int keyHeads, int ffn, int vocabulary, int tie, int seed)
    {
        var reference = ReferencePeer.Require();
        using var folder = new TemporaryFolder();
        var path = Made(reference, folder, layers, hidden, heads, keyHeads, ffn, vocabulary, tie, seed);
        using var model = HuggingFaceModel.Load(path);
        ScoresEqual(reference, folder, model.Decoder, new Random(seed));

        int[] prompt = [1, 17, 42, 5, seed];
        var expected = JsonSerializer.Deserialize<int[]>(
            reference.Run("greedy", path, "--prompt-ids", string.Join(",", prompt), "--max-new", $"{GreedyTokens}"))!;
        Assert.Equal(expected, Greedy(model.Decoder, new ProcessorDecoder(model.Decoder.Config, threads: 2), prompt));
        Assert.Equal(expected, Greedy(model.Decoder, new CachedDecoder(model.Decoder.Config, CPU), prompt));
    }

    // One, three and eight query heads a key.
    [SkippableTheory]
    [InlineData(3, 192, 6, 6, 384, 400, 0, 21)]
    [InlineData(5, 192, 12, 4, 320, 600, 1, 22)]
    [InlineData(4, 256, 16, 2, 512, 350, 1, 23)]
    public void Step_scores_of_all_heads_equal_the_reference(int layers, int hidden, int heads, int keyHeads, int ffn, int vocabulary, int tie, int seed)
    {
        var reference = ReferencePeer.Require();
        using var folder = new TemporaryFolder();
        var path = Made(reference, folder, layers, hidden, heads, keyHeads, ffn, vocabulary, tie, seed);
        using var model = HuggingFaceModel.Load(path);
        HeadId[] all = [.. Enumerable.Range(0, layers * heads).Select(i => new HeadId(i / heads, i % heads))];
        File.WriteAllLines(folder.File("rows.jsonl"), Rows(new Random(seed), vocabulary));
        reference.Run(
            "score", path, "--in", folder.File("rows.jsonl"), "--out", folder.File("scores.jsonl"), "--heads", string.Join(",", all));
        var rows = ReferenceRow.Read(folder.File("rows.jsonl"), folder.File("scores.jsonl"));
        var scores = new Scorer(model.Decoder).Score([.. rows.Select(r => r.Request with { LogProbsFrom = r.Request.Response.Length })], all);

        var deviations = rows.Zip(scores, (row, score) => all.Select((head, i) =>
        {
            Assert.Equal(row.PerHead[head.ToString()].Length, score.HeadScores[i].Length);
            return row.PerHead[head.ToString()].Zip(score.HeadScores[i], (expected, actual) => Math.Abs(expected - actual)).Max();
        }).Max()).ToArray();
        output.WriteLine($"{all.Length} heads, {rows.Count} responses: largest deviation {deviations.Max():E2}");
        Assert.InRange(deviations.Max(), 0, 1e-5);
    }

    private static string Made(
        ReferencePeer reference, TemporaryFolder folder, int layers, int hidden, int heads, int keyHeads, int ffn, int vocabulary, int tie, int seed)
    {
        var path = folder.File("model");
        reference.Run(
            "make", path, $"--layers={layers}", $"--hidden={hidden}", $"--heads={heads}", $"--kv-heads={keyHeads}",
            $"--ffn={ffn}", $"--vocab={vocabulary}", $"--seed={seed}", $"--tie={tie}");
        return path;
    }

    private static void ScoresEqual(ReferencePeer reference, TemporaryFolder folder, Decoder decoder, Random random)
    {
        var config = decoder.Config;
        File.WriteAllLines(folder.File("rows.jsonl"), Rows(random, config.VocabularySize));
        HeadId[] chosen = [new(config.Layers - 1, 0), new(config.Layers / 2, config.Heads - 1), new(0, config.Heads / 2)];
        reference.Run(
            "score", folder.File("model"), "--in", folder.File("rows.jsonl"), "--out", folder.File("scores.jsonl"),
            "--heads", string.Join(",", chosen));
        var rows = ReferenceRow.Read(folder.File("rows.jsonl"), folder.File("scores.jsonl"));
        var scores = new Scorer(decoder).Score([.. rows.Select(r => r.Request)], chosen);
        foreach (var (row, score) in rows.Zip(scores)) row.AssertEqual(score, chosen, tolerance: 1e-4);
    }

    private static int[] Greedy(Decoder decoder, IPolicyModel model, int[] prompt)
    {
        using var store = new PolicyStore();
        using var generator = new Generator(store, model, maximumRows: 1);
        store.Publish(0, decoder);
        generator.LoadPolicy(0);
        var sampling = new SamplingSettings(GreedyTokens, Temperature: 0, TopP: 1, TopK: 0, StopTokens: []);
        return generator.Generate(new GenerationRequest(0, 0, [new GenerationPrompt(0, prompt)], 1, sampling)).Single().Tokens;
    }

    private static IEnumerable<string> Rows(Random random, int vocabulary)
    {
        for (var i = 0; i < 4; i++)
        {
            var thinkEnd = random.Next(40, 200);
            int[] cuts = [0, .. Enumerable.Range(0, random.Next(1, 8)).Select(_ => random.Next(1, thinkEnd)).Distinct().Order(), thinkEnd];
            yield return JsonSerializer.Serialize(new
            {
                id = i,
                prompt_ids = Ids(random.Next(1, 40)),
                response_ids = Ids(thinkEnd + 1 + random.Next(1, 60)),
                think_end = thinkEnd,
                steps = cuts.Zip(cuts.Skip(1), (start, end) => new[] { start, end }).ToArray(),
            });
        }

        int[] Ids(int count) => [.. Enumerable.Range(0, count).Select(_ => random.Next(vocabulary))];
    }
}
