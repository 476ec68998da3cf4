using System.Diagnostics;
using System.Text.Json;
using AttnPo.Gpu.Checkpoints;
using AttnPo.Gpu.Scoring;
using Xunit;

namespace AttnPo.Gpu.Tests.Scoring;

/// <summary>Larger shapes against the reference implementation itself, where it can run.</summary>
public sealed class LiveReferenceTests
{
    [SkippableTheory]
    [InlineData(4, 256, 8, 2, 704, 512, 1, 11)]
    [InlineData(6, 192, 6, 6, 512, 1000, 0, 12)]
    [InlineData(3, 320, 10, 5, 640, 2048, 0, 13)]
    public void Larger_shapes_equal_the_reference(int layers, int hidden, int heads, int keyHeads, int ffn, int vocabulary, int tie, int seed)
    {
        var reference = Find("shared/peers/qwen2_ref.py");
        Skip.If(reference is null, "the reference implementation is not beside this clone");
        Skip.IfNot(Succeeds("-c", "import torch, numpy"), "python3 with torch is not installed");

        using var folder = new TemporaryFolder();
        var model = folder.File("model");
        Python(
            reference!, "make", model, $"--layers={layers}", $"--hidden={hidden}", $"--heads={heads}", $"--kv-heads={keyHeads}",
            $"--ffn={ffn}", $"--vocab={vocabulary}", $"--seed={seed}", $"--tie={tie}");
        File.WriteAllLines(folder.File("rows.jsonl"), Rows(new Random(seed), vocabulary));
        HeadId[] chosen = [new(layers - 1, 0), new(layers / 2, heads - 1), new(0, heads / 2)];
        Python(
            reference!, "score", model, "--in", folder.File("rows.jsonl"), "--out", folder.File("scores.jsonl"),
            "--heads", string.Join(",", chosen));

        using var loaded = HuggingFaceModel.Load(model);
        var rows = ReferenceRow.Read(folder.File("rows.jsonl"), folder.File("scores.jsonl"));
        var scores = new Scorer(loaded.Decoder).Score([.. rows.Select(r => r.Request)], chosen);
        foreach (var (row, score) in rows.Zip(scores)) row.AssertEqual(score, chosen, tolerance: 1e-4);
    }

    private static IEnumerable<string> Rows(Random random, int vocabulary)
    {
        for (var i = 0; i < 4; i++)
        {
            var thinkEnd = random.Next(40, 200);
            var cut = random.Next(1, thinkEnd - 1);
            yield return JsonSerializer.Serialize(new
            {
                id = i,
                prompt_ids = Ids(random.Next(1, 40)),
                response_ids = Ids(thinkEnd + 1 + random.Next(1, 60)),
                think_end = thinkEnd,
                steps = new[] { new[] { 0, cut }, new[] { cut, thinkEnd } },
            });
        }

        int[] Ids(int count) => [.. Enumerable.Range(0, count).Select(_ => random.Next(vocabulary))];
    }

    private static string? Find(string path)
    {
        for (var folder = new DirectoryInfo(AppContext.BaseDirectory); folder is not null; folder = folder.Parent)
        {
            var candidate = Path.Combine(folder.FullName, path);
            if (File.Exists(candidate)) return candidate;
        }
        return null;
    }

    private static void Python(params string[] arguments) => Assert.True(Succeeds(arguments), $"python3 {string.Join(' ', arguments)} failed");

    /// <summary>The system's own Python first: it is the one that Debian's python3-torch belongs to.</summary>
    private static bool Succeeds(params string[] arguments)
    {
        try
        {
            var start = new ProcessStartInfo(File.Exists("/usr/bin/python3") ? "/usr/bin/python3" : "python3", arguments)
            {
                RedirectStandardError = true,
                RedirectStandardOutput = true,
            };
            using var process = Process.Start(start)!;
            process.OutputDataReceived += (_, _) => { };
            process.ErrorDataReceived += (_, _) => { };
            process.BeginOutputReadLine();
            process.BeginErrorReadLine();
            process.WaitForExit();
            return process.ExitCode == 0;
        }
        catch (System.ComponentModel.Win32Exception)
        {
            return false;
        }
    }
}
