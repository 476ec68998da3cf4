using Xunit;

namespace AttnPo.EndToEnd.Tests;

/// <summary>Evaluations by the real executable that are killed or interrupted, and gone on with.</summary>
public sealed class EvaluationTests : IDisposable
{
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("attnpo-");

    public void Dispose() => _folder.Delete(recursive: true);

    [SkippableFact]
    [Trait("Contract", "C3")]
    public async Task C3_an_evaluation_that_was_killed_and_interrupted_and_started_again_ends_like_one_left_alone()
    {
        Skip.If(OperatingSystem.IsWindows(), "Windows sends no signal to another process.");
        var whole = await Executable.DoneAsync(Eval("whole.jsonl"));
        using (var evaluation = await StartAsync())
        {
            evaluation.Kill();
            await evaluation.WaitForExitAsync();
            Assert.Equal(Executable.Killed, evaluation.ExitCode);
        }

        // A kill may hit a row that is being written.
        await File.AppendAllTextAsync(At("parted.jsonl.partial"), "{\"index\":");

        using (var evaluation = await StartAsync())
        {
            using var signal = System.Diagnostics.Process.Start("kill", ["-TERM", $"{evaluation.Id}"]);
            await signal.WaitForExitAsync();
            var (code, output, error) = await Executable.EndAsync(evaluation);
            Assert.Equal((130, ""), (code, output));
            Assert.StartsWith("going on after ", error, StringComparison.Ordinal);
            Assert.Contains("parted.jsonl.partial; the same command goes on", error, StringComparison.Ordinal);
            Assert.False(File.Exists(At("parted.jsonl")));
        }

        var (refused, _, why) = await Executable.RunAsync([.. Eval("parted.jsonl"), "--seed", "2"]);
        Assert.Equal(2, refused);
        Assert.Contains("seed = 1 there, 2 asked for", why, StringComparison.Ordinal);

        Assert.Equal(whole, await Executable.DoneAsync(Eval("parted.jsonl")));
        Assert.Equal(await File.ReadAllBytesAsync(At("whole.jsonl")), await File.ReadAllBytesAsync(At("parted.jsonl")));
        Assert.Equal(2, Directory.GetFiles(_folder.FullName).Length);
    }

    [Fact]
    public async Task Cutting_at_a_budget_gives_what_a_limit_of_so_many_tokens_gives()
    {
        string[] few = ["eval", "--model", "tiny-reasoner", "--task", "tiny", "--prompts", "40", "--samples", "2", "--json", "--out", "-"];
        var cut = Accuracy(await Executable.DoneAsync([.. few, "--budgets", "180"]), "accuracy_within", "180");
        var limited = Accuracy(await Executable.DoneAsync([.. few, "--max-new", "180"]), "accuracy");
        Assert.Equal(limited, cut);
        Assert.InRange(cut, 0.05, 0.95);
    }

    private static double Accuracy(string output, params string[] path)
    {
        // The rows stand before it.
        using var document = System.Text.Json.JsonDocument.Parse(output.Split('\n', StringSplitOptions.RemoveEmptyEntries)[^1]);
        return path.Aggregate(document.RootElement, (element, name) => element.GetProperty(name)).GetDouble();
    }

    private string At(string name) => Path.Combine(_folder.FullName, name);

    private string[] Eval(string output) =>
        ["eval", "--model", "tiny-reasoner", "--task", "tiny", "--prompts", "160", "--samples", "4", "--threads", "1", "--json", "--out", At(output)];

    /// <summary>Begins or goes on with an evaluation, up to a chunk more than there was.</summary>
    private async Task<System.Diagnostics.Process> StartAsync()
    {
        var partial = new FileInfo(At("parted.jsonl.partial"));
        // The first line, which says what decides the rows, and a torn one are far shorter than a chunk.
        var more = (partial.Exists ? partial.Length : 0) + 2000;
        var evaluation = Executable.Start(Eval("parted.jsonl"));
        await RunFolder.WaitAsync(
            () =>
            {
                partial.Refresh();
                return partial.Exists && partial.Length > more;
            },
            evaluation);
        return evaluation;
    }
}
