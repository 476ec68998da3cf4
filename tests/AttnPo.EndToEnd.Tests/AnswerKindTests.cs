using System.Text.Json;
using Xunit;

namespace AttnPo.EndToEnd.Tests;

/// <summary>Choices and programs are evaluated by the path that expressions take. The shipped model knows neither.</summary>
public sealed class AnswerKindTests
{
    private static readonly string[] CodeRows =
    [
        """{"index":1,"problem":"Given a and b, print their sum.","tests":[{"input":"1 2","output":"3"},{"input":"4 5","output":"9"}]}""",
        """{"index":2,"problem":"Print the line that is read.","tests":[{"input":"abc","output":"abc","testtype":"stdin"}]}""",
        """{"index":3,"problem":"Complete def add(a, b):","tests":{"functional":"assert add(1, 2) == 3"}}""",
    ];

    private static readonly string[] ChoiceRows =
    [
        """{"question":"Which of these is even?","choices":["1","3","4"],"answer":2}""",
        """{"question":"Which of these is odd?","choices":["1","2"],"answer":"A"}""",
    ];

    [SkippableFact]
    public async Task Programs_are_asked_for_and_judged_where_there_is_a_sandbox()
    {
        Skip.IfNot(await HasSandboxAsync(), "There is no sandbox here for programs.");
        var (rows, summary) = await EvaluatedAsync(CodeRows, "--max-new", "16");
        Assert.Equal(["truncated", "truncated", "truncated"], rows.Select(Verdict));
        // Tests may be megabytes: they stay in their file.
        Assert.All(rows, row => Assert.False(row.TryGetProperty("gold", out _)));
        Assert.Equal((3, 0.0, 1.0), Figures(summary));
    }

    [SkippableFact]
    public async Task A_whole_response_without_a_program_has_no_answer()
    {
        Skip.IfNot(await HasSandboxAsync(), "There is no sandbox here for programs.");
        var (rows, _) = await EvaluatedAsync(
            ["""{"ask":"<|begin|>a=6; b:=a+5; c:=b*7; d:=c-5; e:=d-6; ?e","tests":[{"input":"","output":"1"}]}"""],
            "--max-new", "200", "--open-think", "true", "--field", "question=ask", "--field", "gold=tests", "--field", "kind=code");
        Assert.Equal(["no-answer"], rows.Select(Verdict));
    }

    [Fact]
    public async Task Choices_are_asked_for_and_judged_by_letter()
    {
        var (rows, summary) = await EvaluatedAsync(ChoiceRows, "--max-new", "16");
        Assert.Equal(["C", "A"], rows.Select(row => row.GetProperty("gold").GetString()));
        Assert.Equal(["truncated", "truncated"], rows.Select(Verdict));
        Assert.Equal((2, 0.0, 1.0), Figures(summary));
    }

    [SkippableFact]
    public async Task Without_bubblewrap_programs_end_with_1_before_anything_is_asked_and_choices_are_evaluated()
    {
        // The folders of the system's programs stand empty for the command, which is the machine without it.
        string[] bare = ["bwrap", "--dev-bind", "/", "/", "--tmpfs", "/usr/bin", "--tmpfs", "/usr/local/bin", "--"];
        Skip.IfNot(await HasSandboxAsync(), "There is no bubblewrap here to hide bubblewrap with.");
        using var folder = new RunFolder();
        var (data, output) = await WrittenAsync(folder, CodeRows);
        string[] eval = ["eval", "--model", "tiny-reasoner", "--template", "plain", "--max-new", "16", "--data", data, "--out", output];
        var (code, _, error) = await Executable.RunUnderAsync(bare, eval);
        Assert.Equal(1, code);
        Assert.Contains("bubblewrap is not installed", error, StringComparison.Ordinal);
        Assert.Contains("apt-get install bubblewrap", error, StringComparison.Ordinal);
        Assert.Contains("--isolation none", error, StringComparison.Ordinal);
        Assert.False(File.Exists(output));

        await File.WriteAllLinesAsync(data, ChoiceRows);
        (code, _, error) = await Executable.RunUnderAsync(bare, eval);
        Assert.True(code == 0, error);
        Assert.True(File.Exists(output));
    }

    private static async Task<(JsonElement[] Rows, JsonElement Summary)> EvaluatedAsync(string[] rows, params string[] more)
    {
        using var folder = new RunFolder();
        var (data, output) = await WrittenAsync(folder, rows);
        var summary = await Executable.DoneAsync(
            ["eval", "--model", "tiny-reasoner", "--template", "plain", "--data", data, "--out", output, "--json", .. more]);
        return ([.. (await File.ReadAllLinesAsync(output)).Select(line => JsonSerializer.Deserialize<JsonElement>(line))],
            JsonSerializer.Deserialize<JsonElement>(summary));
    }

    private static async Task<(string Data, string Output)> WrittenAsync(RunFolder folder, string[] rows)
    {
        Directory.CreateDirectory(folder.Path);
        var data = Path.Combine(folder.Path, "data.jsonl");
        await File.WriteAllLinesAsync(data, rows);
        return (data, Path.Combine(folder.Path, "out.jsonl"));
    }

    private static string? Verdict(JsonElement row) => Assert.Single(row.GetProperty("verdicts").EnumerateArray()).GetString();

    private static (int Questions, double Accuracy, double Truncated) Figures(JsonElement summary) =>
        (summary.GetProperty("n").GetInt32(), summary.GetProperty("accuracy").GetDouble(), summary.GetProperty("truncated").GetDouble());

    private static async Task<bool> HasSandboxAsync() =>
        (await Executable.RunAsync("doctor")).Output.Contains("code sandbox: bubblewrap", StringComparison.Ordinal);
}
