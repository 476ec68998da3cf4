using Xunit;

namespace AttnPo.EndToEnd.Tests;

/// <summary>Questions go the whole way: template, tokenizer, engine, text that comes as it is decoded.</summary>
public sealed class QuestionTests
{
    private const string Program = "<|begin|>a=6; b:=a+5; c:=b*7; d:=c-5; e:=d-6; ?e";

    private static readonly string[] Plain = ["--template", "plain", "--open-think", "true"];

    [Fact]
    public async Task Text_that_is_printed_as_it_is_decoded_is_the_same_text()
    {
        string[] generate = ["generate", "--model", "tiny-reasoner", "--prompt", Program, "--max-new", "200", "--chat", .. Plain];
        var whole = await Executable.DoneAsync(generate);
        Assert.Contains("First, b:=a+5", whole, StringComparison.Ordinal);
        Assert.Equal(whole, await Executable.DoneAsync([.. generate, "--stream"]));
        Assert.Equal(whole, await Executable.DoneAsync("generate", "--model", "tiny-reasoner", "--prompt", Program + "\n<think>\n", "--max-new", "200"));
    }

    [Fact]
    public async Task A_question_a_conversation_and_the_prompt_that_they_become_are_answered_alike()
    {
        using var folder = new RunFolder();
        Directory.CreateDirectory(folder.Path);
        string[] rows =
        [
            $"{{\"question\":\"{Program}\",\"gold\":\"3\"}}",
            $"{{\"messages\":[{{\"role\":\"user\",\"content\":\"{Program}\"}}],\"gold\":\"3\"}}",
            $"{{\"prompt\":\"{Program}\\n<think>\\n\",\"gold\":\"3\"}}",
        ];
        var answers = new List<string>();
        foreach (var row in rows)
        {
            var (data, output) = (Path.Combine(folder.Path, "data.jsonl"), Path.Combine(folder.Path, "out.jsonl"));
            await File.WriteAllTextAsync(data, row);
            await Executable.DoneAsync(["eval", "--model", "tiny-reasoner", "--data", data, "--samples", "4", "--out", output, .. Plain]);
            answers.Add(await File.ReadAllTextAsync(output));
        }

        Assert.Single(answers.Distinct());
    }

    [Fact]
    public async Task A_run_on_questions_is_trained_and_gone_on_with()
    {
        using var folder = new RunFolder();
        var data = folder.Path + ".jsonl";
        await File.WriteAllLinesAsync(data, Enumerable.Range(0, 4).Select(a => $"{{\"question\":\"<|begin|>a={a}; b:=a+5; ?b\",\"gold\":\"{(a + 5) % 10}\"}}"));
        var (test, other) = (folder.Path + "-test.jsonl", folder.Path + "-other.jsonl");
        await File.WriteAllLinesAsync(test, Enumerable.Range(4, 3).Select(a => $"{{\"question\":\"<|begin|>a={a}; b:=a+5; ?b\",\"gold\":\"{(a + 5) % 10}\"}}"));
        await File.WriteAllTextAsync(other, "{\"question\":\"<|begin|>a=7; b:=a+1; ?b\",\"gold\":\"8\"}");
        string[] settings =
        [
            $"data.files=[{data}]", $"evaluation.files=[{test},{other}]", "evaluation.prompts=100", "prompt.template=plain", "prompt.open-think=true", "prompt.system=Two\nlines \"quoted\".",
            "rollout.prompts-per-step=2", "rollout.waves-per-step=1", "rollout.samples=2", "rollout.max-new-tokens=60",
        ];
        await Executable.DoneAsync(
            ["train", "--config", "attnpo", "--run", folder.Path, "--set", "steps=1", .. settings.SelectMany(setting => new[] { "--set", setting })]);
        await Executable.DoneAsync("train", "--run", folder.Path, "--set", "steps=2");
        Assert.Equal(2, folder.Committed);
        var evaluations = folder.Metrics().Where(row => row.ContainsKey("eval/accuracy")).ToList();
        Assert.Equal([0, 1, 2], evaluations.Select(row => row["step"]));
        Assert.Equal(4, evaluations[0]["eval/prompts"]);
        Assert.Equal(3, evaluations[0]["eval/run-test/prompts"]);
        Assert.Equal((evaluations[0]["eval/run-test/accuracy"] + evaluations[0]["eval/run-other/accuracy"]) / 2, evaluations[0]["eval/accuracy"]);
        var (code, _, error) = await Executable.RunAsync("train", "--run", folder.Path, "--set", "steps=3", "--set", "prompt.system=");
        Assert.Equal(2, code);
        Assert.Contains("prompt.system", error, StringComparison.Ordinal);
    }

    [Fact]
    [Trait("Contract", "C3")]
    public async Task A_run_that_passes_over_prompts_and_is_gone_on_with_ends_as_one_left_alone_and_its_ledger_says_whom()
    {
        using var whole = new RunFolder();
        using var parted = new RunFolder();
        var data = whole.Path + ".jsonl";
        // No response spells this gold, so every visit is unsolved; of six prompts the last is too long.
        await File.WriteAllLinesAsync(data, Enumerable.Range(0, 6).Select(a =>
            $"{{\"prompt\":\"<|begin|>a={a}; b:=a+5; ?{(a == 5 ? string.Concat(Enumerable.Repeat("b ", 60)) : "b")}\\n<think>\\n\",\"gold\":\"none\"}}"));
        string[] settings =
        [
            $"data.files=[{data}]", "rollout.prompts-per-step=2", "rollout.waves-per-step=1", "rollout.samples=2", "rollout.max-new-tokens=20",
            "rollout.max-prompt-tokens=60", "rollout.long-prompts=skip", "difficulty.skip-unsolved=1", "difficulty.retry-every=3", "checkpoint.every=2",
        ];
        string[] Train(RunFolder folder, int steps) =>
            ["train", "--config", "attnpo", "--run", folder.Path, .. settings.Append($"steps={steps}").SelectMany(setting => new[] { "--set", setting })];
        await Executable.DoneAsync(Train(whole, 4));
        await Executable.DoneAsync(Train(parted, 3));
        await Executable.DoneAsync("train", "--run", parted.Path, "--set", "steps=4");

        Assert.Equal(whole.TimelessMetrics(), parted.TimelessMetrics());
        Assert.Equal(whole.CheckpointHashes(4), parted.CheckpointHashes(4));
        var last = whole.Metrics()[^1];
        Assert.True(last["sample/skipped_unsolved"] > 0);
        Assert.True(last["sample/epoch"] > 4 * 2 / 6.0);
        Assert.Contains($"unsolved {last["sample/skipped_unsolved"]}", await Executable.DoneAsync("ledger", parted.Path, "--step", "4"), StringComparison.Ordinal);
        Assert.True(whole.Metrics().Sum(row => row.GetValueOrDefault("sample/skipped_long")) > 0);
    }
}
