using System.Text.Json;
using Xunit;

namespace AttnPo.Gpu.Tests;

/// <summary>A small random checkpoint and what the reference implementation says of it (Fixtures/make.sh).</summary>
public sealed record ReferenceFixture(string Directory, IReadOnlyList<ReferenceRow> Rows, int[] GreedyPrompt, int[] Greedy)
{
    public static readonly string[] Names =
    [
        "one-query-head-a-key", "two-query-heads-a-key-untied", "four-query-heads-a-key",
        "qwen3", "qwen3-untied", "llama", "llama-scaled-untied", "llama-scaled-with-biases",
    ];

    public static readonly HeadId[] Heads = [new(0, 0), new(1, 3), new(1, 1)];

    public static TheoryData<string> All => [.. Names];

    public static string Folder(string name) => Path.Combine(AppContext.BaseDirectory, "Fixtures", name);

    public static ReferenceFixture Load(string name) => new(
        Folder(name),
        ReferenceRow.Read(Path.Combine(AppContext.BaseDirectory, "Fixtures", "rows.jsonl"), Path.Combine(Folder(name), "scores.jsonl")),
        [1, 17, 42, 5],
        JsonSerializer.Deserialize<int[]>(File.ReadAllText(Path.Combine(Folder(name), "greedy.json")))!);
}

/// <summary>A response and its reference scores.</summary>
public sealed record ReferenceRow(ScoreRequest Request, double[] LogProbs, double[] Entropies, Dictionary<string, double[]> PerHead)
{
    public static IReadOnlyList<ReferenceRow> Read(string requests, string scores) =>
        [.. File.ReadLines(requests).Zip(File.ReadLines(scores), (request, score) =>
        {
            var asked = JsonDocument.Parse(request).RootElement;
            var said = JsonDocument.Parse(score).RootElement;
            return new ReferenceRow(
                new ScoreRequest(
                    asked.GetProperty("prompt_ids").Deserialize<int[]>()!,
                    asked.GetProperty("response_ids").Deserialize<int[]>()!,
                    asked.GetProperty("think_end").GetInt32(),
                    [.. asked.GetProperty("steps").Deserialize<int[][]>()!.Select(s => new TokenRange(s[0], s[1]))]),
                said.GetProperty("logprobs").Deserialize<double[]>()!,
                said.GetProperty("entropy").Deserialize<double[]>()!,
                said.GetProperty("per_head").Deserialize<Dictionary<string, double[]>>()!);
        })];

    public void AssertEqual(ResponseScores actual, IReadOnlyList<HeadId> heads, double tolerance)
    {
        Numbers.AssertWithin(tolerance, LogProbs, actual.LogProbs.Doubles(), "log-probability");
        Numbers.AssertWithin(tolerance, Entropies, actual.Entropies.Doubles(), "entropy");
        for (var h = 0; h < heads.Count; h++)
            Numbers.AssertWithin(tolerance, PerHead[heads[h].ToString()], actual.HeadScores[h], $"step score of head {heads[h]}");
    }
}
