using System.Text.Json;
using Xunit;

namespace AttnPo.EndToEnd.Tests;

/// <summary>Checkpoints of a run as folders that other tools load, by the real executable.</summary>
public sealed class ExportTests
{
    private static readonly string[] Small = ["evaluation.prompts=16", "rollout.prompts-per-step=4", "threads=1", "checkpoint.every=1", "checkpoint.keep-last=2"];

    [Fact]
    [Trait("Contract", "C2")]
    public async Task An_exported_checkpoint_loads_and_answers_as_the_checkpoint_does_in_one_file_or_in_shards()
    {
        using var folder = new RunFolder();
        await Executable.DoneAsync(folder.Train(3, Small));
        var checkpoint = Path.Combine(folder.Path, "checkpoints", "step-000003");
        string whole = folder.Path + "-whole", shards = folder.Path + "-shards", half = folder.Path + "-half", again = folder.Path + "-again";

        Assert.Contains("step 3 of", await Executable.DoneAsync("export", folder.Path, "--out", whole), StringComparison.Ordinal);
        Assert.Equal(
            Directory.GetFiles(checkpoint).Select(Path.GetFileName).Where(name => name != "optimizer.safetensors").Order(),
            Directory.GetFiles(whole).Select(Path.GetFileName).Order());
        foreach (var file in Directory.GetFiles(whole))
            Assert.Equal(File.ReadAllBytes(Path.Combine(checkpoint, Path.GetFileName(file))), File.ReadAllBytes(file));

        await Executable.DoneAsync("export", folder.Path, "--step", "2", "--out", shards, "--shard-size", "1MB");
        Assert.True(Directory.GetFiles(shards, "model-*.safetensors").Length > 1);
        Assert.Equal(await AnswerAsync(Path.Combine(folder.Path, "checkpoints", "step-000002")), await AnswerAsync(shards));

        // From there on nothing is lost: a folder keeps the type that it has, one file or many.
        await Executable.DoneAsync("export", shards, "--out", half, "--dtype", "bf16", "--shard-size", "100KB");
        using (var config = JsonDocument.Parse(File.ReadAllText(Path.Combine(half, "config.json"))))
            Assert.Equal("bfloat16", config.RootElement.GetProperty("torch_dtype").GetString());
        await Executable.DoneAsync("export", half, "--out", again);
        Assert.Equal(await AnswerAsync(half), await AnswerAsync(again));

        var (code, _, error) = await Executable.RunAsync("export", folder.Path, "--step", "1", "--out", folder.Path + "-none");
        Assert.Equal(1, code);
        Assert.Contains("no committed checkpoint of step 1; there are those of 2, 3", error, StringComparison.Ordinal);
        (code, _, error) = await Executable.RunAsync("export", folder.Path, "--out", whole);
        Assert.Equal(1, code);
        Assert.Contains("exists and is not empty", error, StringComparison.Ordinal);
        Assert.Equal(
            ["run", "run-again", "run-half", "run-shards", "run-whole"],
            Directory.GetDirectories(Path.GetDirectoryName(folder.Path)!).Select(Path.GetFileName).Order(StringComparer.Ordinal));
    }

    private static Task<string> AnswerAsync(string model) =>
        Executable.DoneAsync("generate", "--model", model, "--prompt", "a=6; b:=a+5; c:=b*7; ?c", "--greedy", "--max-new", "40", "--json", "--threads", "1");
}
