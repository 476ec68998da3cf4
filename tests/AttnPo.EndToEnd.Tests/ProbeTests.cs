using System.Text.Json;
using Xunit;

namespace AttnPo.EndToEnd.Tests;

/// <summary>The heads of the shipped model, found by the real executable.</summary>
public sealed class ProbeTests : IDisposable
{
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("attnpo-");

    public void Dispose() => _folder.Delete(recursive: true);

    [Fact]
    public async Task Heads_are_found_on_the_task_and_again_on_the_rows_that_were_written()
    {
        var printed = await Executable.DoneAsync([.. Probe("tiny"), "--task", "tiny", "--prompts", "64", "--intervene"]);
        foreach (var name in (string[])
            ["sra.json", "heatmap.png", "curves.png", "heads.conf", "attnpo-heads.json", "probed.jsonl", "intervention.json"])
            Assert.True(new FileInfo(At("tiny", name)) is { Exists: true, Length: > 0 }, name);
        Assert.DoesNotContain(Directory.GetFiles(At("tiny")), file => file.EndsWith(".part", StringComparison.Ordinal));

        using var figures = Parse("tiny", "sra.json");
        var heads = figures.RootElement.GetProperty("single_heads").EnumerateArray().ToList();
        Assert.Equal(16, heads.Count);
        Assert.Equal("0:2", heads.MaxBy(head => head.GetProperty("sra").GetDouble()).GetProperty("head").GetString());
        Assert.True(figures.RootElement.GetProperty("chosen").GetProperty("low").GetDouble() > 0.7);
        var chosen = string.Join(", ", figures.RootElement.GetProperty("heads").EnumerateArray().Select(head => $"\"{head.GetString()}\""));
        Assert.EndsWith($"credit.heads = [{chosen}]\n", printed, StringComparison.Ordinal);
        Assert.Contains($"credit.heads = [{chosen}]", File.ReadAllText(At("tiny", "heads.conf")), StringComparison.Ordinal);

        // The steps that the heads score high are those that the answer needs.
        using var intervention = Parse("tiny", "intervention.json");
        var arms = intervention.RootElement.GetProperty("arms").EnumerateArray()
            .ToDictionary(arm => arm.GetProperty("arm").GetString()!, arm => arm.GetProperty("accuracy").GetDouble());
        Assert.Equal(4, arms.Count);
        Assert.True(arms["nothing"] > 0.9);
        Assert.True(arms["highest"] < arms["random"] && arms["random"] < arms["lowest"], string.Join(' ', arms));

        var json = await Executable.DoneAsync([.. Probe("again"), "--data", At("tiny", "probed.jsonl"), "--json"]);
        Assert.Equal(await File.ReadAllBytesAsync(At("tiny", "sra.json")), await File.ReadAllBytesAsync(At("again", "sra.json")));
        Assert.Equal(await File.ReadAllBytesAsync(At("tiny", "probed.jsonl")), await File.ReadAllBytesAsync(At("again", "probed.jsonl")));
        Assert.False(File.Exists(At("again", "intervention.json")));
        using var summary = JsonDocument.Parse(json);
        Assert.Equal("0:2", summary.RootElement.GetProperty("best_head").GetString());
        Assert.Equal(
            figures.RootElement.GetProperty("summary").GetProperty("median").GetDouble(), summary.RootElement.GetProperty("summary").GetProperty("median").GetDouble());
        Assert.Matches("\nall 16 heads: best 0[.][0-9]{4}, .* % of them above 0[.]8\n", printed);

        // What is read is never what is written, and without new interventions those of other heads do not stay.
        var (refused, _, why) = await Executable.RunAsync([.. Probe("tiny"), "--data", At("tiny", "probed.jsonl")]);
        Assert.Equal(2, refused);
        Assert.Contains("would be replaced by", why, StringComparison.Ordinal);
        var (failed, _, _) = await Executable.RunAsync([.. Probe("tiny"), "--data", At("again", "probed.jsonl"), "--intervene", "--k", "500"]);
        Assert.Equal((1, false), (failed, File.Exists(At("tiny", "intervention.json"))));
        (refused, _, why) = await Executable.RunAsync([.. Probe("again"), "--data", At("tiny", "probed.jsonl"), "--min-chars", "8"]);
        Assert.Equal(2, refused);
        Assert.Contains("--min-chars goes with rows without steps", why, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Responses_are_collected_labelled_by_ablation_and_probed()
    {
        await WriteQuestionsAsync();
        string[] collect = [.. Probe("own"), "--data", At("questions.jsonl"), "--min-chars", "8", "--samples", "4", "--collect"];
        var printed = await Executable.DoneAsync([.. collect, "12"]);
        Assert.Contains("--label ablation or judge", printed, StringComparison.Ordinal);
        var rows = await File.ReadAllLinesAsync(At("own", "responses.jsonl"));
        Assert.Equal(12, rows.Length);
        Assert.All(rows, row =>
        {
            using var document = JsonDocument.Parse(row);
            Assert.Contains("\\boxed{" + document.RootElement.GetProperty("gold").GetString() + "}", document.RootElement.GetProperty("response").GetString(), StringComparison.Ordinal);
            Assert.True(document.RootElement.GetProperty("steps").GetArrayLength() > 1);
            Assert.Equal(JsonValueKind.Null, document.RootElement.GetProperty("steps")[0].GetProperty("label").ValueKind);
        });
        Assert.Equal(["responses.jsonl", "responses.jsonl.collection"], Directory.GetFiles(At("own")).Select(Path.GetFileName).Order());

        // A collection of fewer is the beginning of one of more.
        await Executable.DoneAsync([.. collect, "5"]);
        Assert.Equal(rows[..5], await File.ReadAllLinesAsync(At("own", "responses.jsonl")));

        // Labels of people, in the very file that was collected, are compared and stay.
        await Executable.DoneAsync([.. collect, "12"]);
        var labelled = string.Concat(rows.Select(row => row.Replace("\"label\":null", "\"label\":\"redundant\"") + "\n"));
        await File.WriteAllTextAsync(At("own", "responses.jsonl"), labelled);
        await Executable.DoneAsync([.. Probe("own"), "--data", At("own", "responses.jsonl"), "--label", "ablation"]);
        Assert.Equal(labelled, await File.ReadAllTextAsync(At("own", "responses.jsonl")));
        await Executable.DoneAsync([.. collect, "12", "--label", "ablation"]);
        Assert.Equal(labelled, await File.ReadAllTextAsync(At("own", "responses.jsonl")));
        using var figures = Parse("own", "sra.json");
        Assert.Equal(12, figures.RootElement.GetProperty("responses").GetInt32() + figures.RootElement.GetProperty("unranked_responses").GetInt32());
        using var first = JsonDocument.Parse((await File.ReadAllLinesAsync(At("own", "probed.jsonl")))[0]);
        var step = first.RootElement.GetProperty("steps")[0];
        Assert.NotEqual(JsonValueKind.Null, step.GetProperty("label").ValueKind);
        Assert.True(step.TryGetProperty("drop", out _) && step.TryGetProperty("score", out _));
    }

    [SkippableFact]
    public async Task A_collection_that_was_killed_and_interrupted_and_started_again_ends_like_one_left_alone()
    {
        Skip.If(OperatingSystem.IsWindows(), "Windows sends no signal to another process.");
        await WriteQuestionsAsync(200);
        string[] Collect(string folder) => [.. Probe(folder), "--data", At("questions.jsonl"), "--min-chars", "8", "--collect", "1000"];
        await Executable.DoneAsync(Collect("whole"));
        using (var collection = await StartAsync())
        {
            collection.Kill();
            await collection.WaitForExitAsync();
        }
        using (var collection = await StartAsync())
        {
            using var signal = System.Diagnostics.Process.Start("kill", ["-TERM", $"{collection.Id}"]);
            await signal.WaitForExitAsync();
            var (code, output, error) = await Executable.EndAsync(collection);
            Assert.Equal((130, ""), (code, output));
            Assert.StartsWith("going on after ", error, StringComparison.Ordinal);
            Assert.Contains("responses.jsonl.collection; the same command goes on", error, StringComparison.Ordinal);
        }
        var (refused, _, why) = await Executable.RunAsync([.. Collect("parted"), "--seed", "2"]);
        Assert.Equal(2, refused);
        Assert.Contains("seed = 1 there, 2 asked for", why, StringComparison.Ordinal);

        await Executable.DoneAsync(Collect("parted"));
        Assert.Equal(await File.ReadAllBytesAsync(At("whole", "responses.jsonl")), await File.ReadAllBytesAsync(At("parted", "responses.jsonl")));
        Assert.Equal(["responses.jsonl", "responses.jsonl.collection"], Directory.GetFiles(At("parted")).Select(Path.GetFileName).Order());

        // Begins or goes on, up to a stretch of questions more than there was.
        async Task<System.Diagnostics.Process> StartAsync()
        {
            var partial = new FileInfo(At("parted", "responses.jsonl.collection"));
            var more = (partial.Exists ? partial.Length : 0) + 2000;
            var collection = Executable.Start(Collect("parted"));
            await RunFolder.WaitAsync(
                () =>
                {
                    partial.Refresh();
                    return partial.Exists && partial.Length > more;
                },
                collection);
            return collection;
        }
    }

    [Fact]
    public async Task Labels_of_two_sources_are_compared()
    {
        var json = await Executable.DoneAsync([.. Probe("both"), "--task", "tiny", "--prompts", "24", "--label", "ablation", "--json"]);
        using var summary = JsonDocument.Parse(json);
        var pair = Assert.Single(summary.RootElement.GetProperty("agreement").EnumerateArray());
        Assert.Equal(("ablation", "given"), (pair.GetProperty("first").GetString(), pair.GetProperty("second").GetString()));
        Assert.InRange(pair.GetProperty("kappa").GetDouble(), 0.1, 1);
        Assert.InRange(pair.GetProperty("heads_spearman").GetDouble(), 0.3, 1);
        using var figures = Parse("both", "sra.json");
        Assert.Equal(pair.GetRawText(), figures.RootElement.GetProperty("about").GetProperty("agreement")[0].GetRawText().ReplaceLineEndings("").Replace(" ", ""));
    }

    [Fact]
    public async Task Labels_that_tell_nothing_apart_end_with_1_and_leave_no_figures()
    {
        await Executable.DoneAsync([.. Probe("some"), "--task", "tiny", "--prompts", "16"]);
        var rows = (await File.ReadAllTextAsync(At("some", "probed.jsonl"))).Replace("\"redundant\"", "\"essential\"");
        await File.WriteAllTextAsync(At("one.jsonl"), rows);
        var (code, output, error) = await Executable.RunAsync([.. Probe("none"), "--data", At("one.jsonl")]);
        Assert.Equal((1, ""), (code, output));
        Assert.Contains("have both essential and redundant steps by the labels \"given\"", error, StringComparison.Ordinal);
        Assert.False(File.Exists(At("none", "sra.json")));
    }

    [Theory]
    [InlineData(2, "--ablation-of goes with --label ablation", "--task", "tiny", "--ablation-of", "box")]
    [InlineData(2, "--judge-model", "--data", "d", "--collect", "5", "--label", "judge")]
    [InlineData(1, "no-such-file: there is no such file", "--data", "no-such-file")]
    [InlineData(1, "no-such-file", "--data", "no-such-file", "--collect", "5")]
    [InlineData(1, "2 of 2 responses, to 2 prompts, have both essential and redundant steps", "--task", "tiny", "--prompts", "2")]
    public async Task What_cannot_be_done_is_told_in_one_line_and_leaves_no_folder(int expected, string message, params string[] options)
    {
        var (code, output, error) = await Executable.RunAsync([.. Probe("none"), .. options]);
        Assert.Equal((expected, ""), (code, output));
        Assert.Contains(message, error, StringComparison.Ordinal);
        Assert.False(Directory.Exists(At("none")));
    }

    [Fact]
    public async Task The_folder_of_a_model_is_left_alone()
    {
        File.WriteAllText(Directory.CreateDirectory(At("model")).FullName + "/config.json", "{}");
        var (code, _, error) = await Executable.RunAsync([.. Probe("model"), "--task", "tiny"]);
        Assert.Equal(1, code);
        Assert.Contains("holds config.json, so it is the folder of a run or a model", error, StringComparison.Ordinal);
        Assert.Single(Directory.GetFileSystemEntries(At("model")));
    }

    private async Task WriteQuestionsAsync(int count = 80)
    {
        // Programs of the task's own form, additions alone.
        var random = new Random(1);
        await using var file = File.CreateText(At("questions.jsonl"));
        for (var i = 0; i < count; i++)
        {
            var (value, program) = (random.Next(10), "");
            program += $"a={value}";
            for (var variable = 'b'; variable <= 'e'; variable++)
            {
                var operand = random.Next(1, 10);
                program += $"; {variable}:={(char)(variable - 1)}+{operand}";
                value = (value + operand) % 10;
            }
            await file.WriteLineAsync(JsonSerializer.Serialize(new { prompt = $"<|begin|>{program}; ?e\n<think>\n", gold = $"{value}" }));
        }
    }

    private string[] Probe(string folder) => ["probe", "--model", "tiny-reasoner", "--threads", "1", "--out", At(folder)];

    private JsonDocument Parse(string folder, string name) => JsonDocument.Parse(File.ReadAllBytes(At(folder, name)));

    private string At(params string[] names) => Path.Combine([_folder.FullName, .. names]);
}
