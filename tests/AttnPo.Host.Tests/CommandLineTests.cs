using System.Text.Json;
using Xunit;

namespace AttnPo.Host.Tests;

public sealed class CommandLineTests
{
    private static async Task<(int Code, string Output, string Error)> Run(params string[] args)
    {
        using var output = new StringWriter();
        using var error = new StringWriter();
        var code = await CommandLine.RunAsync(args, output, error);
        return (code, output.ToString(), error.ToString());
    }

    [Theory]
    [InlineData("nonsense")]
    [InlineData("segment")]
    [InlineData("segment", "--in", "a", "--out", "b", "--phrases", "mine")]
    [InlineData("segment", "--in", "a", "--out", "b", "--min-chars", "-1")]
    [InlineData("segment", "--in", "a", "--out", "b", "--min-chars", "one")]
    [InlineData("grade", "--in", "a", "--out", "b", "--budget", "0")]
    [InlineData("eval", "--model", "m", "--task", "tiny", "--out", "f", "--top-p", "0")]
    [InlineData("eval", "--model", "m", "--task", "tiny", "--out", "f", "--top-p", "all")]
    [InlineData("eval", "--model", "m", "--out", "f")]
    [InlineData("eval", "--model", "m", "--task", "tiny", "--data", "d", "--out", "f")]
    [InlineData("generate", "--model", "m")]
    [InlineData("generate", "--model", "m", "--prompt", "a", "--prompt-ids", "1")]
    [InlineData("generate", "--model", "m", "--prompt-ids", "1", "--chat")]
    [InlineData("generate", "--model", "m", "--prompt", "a", "--template", "qwen3")]
    [InlineData("generate", "--model", "m", "--prompt", "a", "--chat", "--template", "llama")]
    [InlineData("generate", "--model", "m", "--prompt", "a", "--stream", "--json")]
    [InlineData("eval", "--model", "m", "--task", "tiny", "--out", "f", "--system", "s")]
    [InlineData("train", "--set", "nonsense=1", "--run", "never-made")]
    [InlineData("train", "--set", "prompt.template=llama", "--run", "never-made")]
    [InlineData("train", "--set", "prompt.system=s", "--run", "never-made")]
    [InlineData("train", "--config", "nonsense", "--run", "never-made")]
    [InlineData("train", "--set", "seed", "--run", "never-made")]
    [InlineData("train", "--set", "credit.heads=[]", "--run", "never-made")]
    [InlineData("train", "--set", "task.name=none", "--set", "data.files=a.jsonl", "--run", "never-made")]
    [InlineData("train", "--fault", "point=generate", "--run", "never-made")]
    [InlineData("train", "--set", "faults=point=generate,action=throw", "--run", "never-made")]
    [InlineData("eval", "--model", "m", "--task", "tiny", "--skip-bad", "--out", "f")]
    [InlineData("eval", "--model", "m", "--task", "tiny", "--benchmark", "gsm8k", "--out", "f")]
    [InlineData("eval", "--model", "m", "--data", "d", "--benchmark", "gsm", "--out", "f")]
    [InlineData("eval", "--model", "m", "--task", "tiny", "--out", "f", "--answer", "box,end")]
    [InlineData("eval", "--model", "m", "--task", "tiny", "--out", "f", "--rule", "mine")]
    [InlineData("eval", "--model", "m", "--task", "tiny", "--out", "f", "--budgets", "2k")]
    [InlineData("bench", "train")]
    [InlineData("bench", "train", "--shape", "XL")]
    [InlineData("bench", "decode", "--shape", "S", "--dtype", "f16")]
    [InlineData("bench", "score", "--shape", "S", "--length", "8")]
    [InlineData("bench", "decode", "--shape", "S", "--prompt", "32000", "--new", "1000")]
    [InlineData("bench", "train", "--shape", "S", "--length", "40000")]
    [InlineData("train", "--set", "optimizer.importance-cap=0.5", "--run", "never-made")]
    [InlineData("probe", "--model", "m", "--out", "never-made")]
    [InlineData("probe", "--model", "m", "--task", "tiny")]
    [InlineData("probe", "--model", "m", "--task", "tiny", "--data", "d", "--out", "never-made")]
    [InlineData("probe", "--model", "m", "--task", "tiny", "--collect", "5", "--out", "never-made")]
    [InlineData("probe", "--model", "m", "--task", "tiny", "--skip-bad", "--out", "never-made")]
    [InlineData("probe", "--model", "m", "--task", "tiny", "--template", "qwen3", "--out", "never-made")]
    [InlineData("probe", "--model", "m", "--task", "tiny", "--k", "3", "--out", "never-made")]
    [InlineData("probe", "--model", "m", "--task", "tiny", "--intervene", "--answers", "0", "--out", "never-made")]
    [InlineData("probe", "--model", "m", "--data", "d", "--prompts", "5", "--out", "never-made")]
    [InlineData("probe", "--model", "m", "--data", "d", "--easy", "0.5", "--out", "never-made")]
    [InlineData("probe", "--model", "m", "--data", "d", "--field", "gold=a", "--out", "never-made")]
    [InlineData("probe", "--model", "m", "--data", "d", "--collect", "5", "--easy", "1.5", "--out", "never-made")]
    [InlineData("probe", "--model", "m", "--data", "d", "--collect", "5", "--intervene", "--out", "never-made")]
    [InlineData("probe", "--model", "m", "--data", "d", "--label", "guess", "--out", "never-made")]
    [InlineData("probe", "--model", "m", "--data", "d", "--collect", "5", "--label", "given", "--out", "never-made")]
    [InlineData("probe", "--model", "m", "--data", "d", "--temperature", "0.5", "--out", "never-made")]
    [InlineData("probe", "--model", "m", "--data", "d", "--top-p", "0.5", "--label", "ablation", "--out", "never-made")]
    [InlineData("probe", "--model", "m", "--data", "d", "--max-new", "9", "--out", "never-made")]
    [InlineData("probe", "--model", "m", "--data", "d", "--intervene", "--temperature", "0.5", "--out", "never-made")]
    [InlineData("probe", "--model", "m", "--data", "d", "--intervene", "--answers", "1", "--top-p", "0.5", "--out", "never-made")]
    [InlineData("ledger")]
    [InlineData("ledger", "r", "--step", "0")]
    [InlineData("ledger", "r", "--step", "one")]
    [InlineData("ledger", "r", "--group", "1/2")]
    [InlineData("ledger", "r", "--step", "1", "--group", "1/0/0")]
    [InlineData("export")]
    [InlineData("export", "r")]
    [InlineData("export", "r", "--out", "never-made", "--step", "0")]
    [InlineData("export", "r", "--out", "never-made", "--dtype", "f64")]
    [InlineData("export", "r", "--out", "never-made", "--shard-size", "0")]
    [InlineData("export", "r", "--out", "never-made", "--shard-size", "5TB")]
    public async Task Wrong_arguments_end_with_2_and_one_line(params string[] args)
    {
        var (code, output, error) = await Run(args);
        Assert.Equal(ExitCode.WrongArguments, code);
        Assert.Empty(output);
        Assert.StartsWith("attnpo", error, StringComparison.Ordinal);
        Assert.Equal(1, error.Count(c => c == '\n'));
        Assert.False(Directory.Exists("never-made"));
    }

    [Theory]
    [InlineData("segment", "--in", "no-such-file", "--out", "never-made.jsonl")]
    [InlineData("tokenize", "--tokenizer", "no-such-folder", "--in", "a", "--out", "never-made.jsonl")]
    [InlineData("status", "no-such-run")]
    [InlineData("ledger", "no-such-run")]
    [InlineData("export", "no-such-run", "--out", "never-made.jsonl")]
    [InlineData("probe", "--model", "no-such-model", "--task", "tiny", "--out", "never-made.jsonl")]
    [InlineData("eval", "--model", "no-such-model", "--task", "tiny", "--out", "never-made.jsonl")]
    public async Task Work_that_fails_ends_with_1_and_one_line_and_leaves_nothing(params string[] args)
    {
        var (code, _, error) = await Run(args);
        Assert.Equal(ExitCode.Failed, code);
        Assert.Equal(1, error.Count(c => c == '\n'));
        Assert.False(File.Exists("never-made.jsonl"));
    }

    [Theory]
    [InlineData]
    [InlineData("train")]
    [InlineData("generate")]
    [InlineData("eval")]
    [InlineData("score")]
    [InlineData("segment")]
    [InlineData("grade")]
    [InlineData("tokenize")]
    [InlineData("status")]
    [InlineData("ledger")]
    [InlineData("pause")]
    [InlineData("resume")]
    [InlineData("stop")]
    [InlineData("checkpoint")]
    [InlineData("doctor")]
    [InlineData("export")]
    public async Task Every_command_has_help(params string[] command)
    {
        var (code, output, _) = await Run([.. command, "--help"]);
        Assert.Equal(ExitCode.Done, code);
        Assert.Contains("Usage:", output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Segments_are_counted_in_code_points()
    {
        using var folder = new TemporaryFolder();
        File.WriteAllText(folder.File("in.jsonl"), "{\"id\":7,\"response\":\"😀😀\\nSo 😀 it is.</think>x\"}\n");
        var (code, _, error) = await Run("segment", "--in", folder.File("in.jsonl"), "--out", folder.File("out.jsonl"), "--min-chars", "1");
        Assert.Equal((ExitCode.Done, "1 rows written"), (code, error.Trim()));
        Assert.Equal("{\"id\":7,\"segments\":[[0,3,2],[3,14,3]]}\n", File.ReadAllText(folder.File("out.jsonl")));
    }

    [Fact]
    public async Task A_bad_row_leaves_no_output_unless_it_may_be_skipped()
    {
        using var folder = new TemporaryFolder();
        File.WriteAllText(folder.File("in.jsonl"), "{\"id\":1,\"response\":\"a\"}\n{\"id\":2}\n");
        string[] args = ["segment", "--in", folder.File("in.jsonl"), "--out", folder.File("out.jsonl")];

        var (code, _, error) = await Run(args);
        Assert.Equal(ExitCode.Failed, code);
        Assert.Contains("in.jsonl:2: \"response\" is missing", error, StringComparison.Ordinal);
        Assert.Single(Directory.GetFiles(folder.Path));

        (code, _, error) = await Run([.. args, "--skip-bad"]);
        Assert.Equal(ExitCode.Done, code);
        Assert.Contains("1 rows written, 1 left out", error, StringComparison.Ordinal);
        Assert.Single(File.ReadAllLines(folder.File("out.jsonl")));
    }

    [Fact]
    public async Task Status_of_a_run_that_is_not_live_reports_what_was_last_committed()
    {
        using var folder = new TemporaryFolder();
        File.WriteAllText(folder.File("settings.conf"), "");
        File.WriteAllText(folder.File("metrics.jsonl"), "{\"step\":0,\"eval/accuracy\":0.5}\n{\"step\":1,\"train/loss\":0.25,\"train/entropy\":null}\n{\"step\":2,\"tr");
        var (code, output, _) = await Run("status", folder.Path, "--json");
        Assert.Equal(ExitCode.Done, code);
        using var status = JsonDocument.Parse(output);
        Assert.False(status.RootElement.GetProperty("live").GetBoolean());
        Assert.Equal(1, status.RootElement.GetProperty("step").GetInt64());
        Assert.Equal(0.25, status.RootElement.GetProperty("metrics").GetProperty("train/loss").GetDouble());
        Assert.Contains("not running", (await Run("status", folder.Path)).Output, StringComparison.Ordinal);
        // Why the journal was not asked: these settings name no data.
        Assert.Contains("data.files", status.RootElement.GetProperty("journal_fault").GetString(), StringComparison.Ordinal);
        Assert.True(status.RootElement.GetProperty("disk").GetProperty("metrics").GetInt64() > 0);
    }

    [Fact]
    public async Task A_run_that_has_journaled_nothing_yet_says_so()
    {
        using var folder = new TemporaryFolder();
        File.WriteAllText(folder.File("settings.conf"), AttnPo.Host.Settings.SettingsFiles.Resolve("tiny", []).ToHocon());
        var (code, output, error) = await Run("ledger", folder.Path);
        Assert.Equal((ExitCode.Failed, ""), (code, output));
        Assert.Contains("journaled nothing yet", error, StringComparison.Ordinal);
        (code, output, _) = await Run("status", folder.Path);
        Assert.Equal(ExitCode.Done, code);
        Assert.Contains("no step committed", output, StringComparison.Ordinal);
        Assert.Equal(["settings.conf"], Directory.GetFileSystemEntries(folder.Path).Select(Path.GetFileName));
    }
}
