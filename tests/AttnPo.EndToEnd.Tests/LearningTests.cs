using Xunit;

namespace AttnPo.EndToEnd.Tests;

/// <summary>The shipped model learns: the real executable, the default settings, few steps.</summary>
public sealed class LearningTests
{
    private const int Steps = 15;

    [Fact]
    public async Task A_few_steps_shorten_held_out_reasoning_by_a_tenth_and_keep_its_accuracy()
    {
        using var folder = new RunFolder();

        var (code, _, error) = await Executable.RunAsync(folder.Train(Steps, "evaluation.prompts=400"));

        Assert.True(code == 0, error);
        var evaluated = folder.Metrics().Where(row => row.ContainsKey("eval/accuracy")).ToList();
        var (start, end) = (evaluated[0], evaluated[^1]);
        Assert.Equal(Steps, end["step"]);
        Assert.True(end["eval/tokens_mean"] < 0.9 * start["eval/tokens_mean"], $"{start["eval/tokens_mean"]} tokens became {end["eval/tokens_mean"]}");
        // The noise of 400 answers at 0.9 is 1.5 points, twice over; a model that breaks loses tens.
        Assert.True(end["eval/accuracy"] > start["eval/accuracy"] - 0.05, $"accuracy {start["eval/accuracy"]} became {end["eval/accuracy"]}");
        Assert.True(end["eval/redundant_share"] < start["eval/redundant_share"]);
    }

    [Fact]
    public async Task Generator_and_trainer_agree_on_what_was_sampled()
    {
        using var folder = new RunFolder();

        var (code, _, error) = await Executable.RunAsync(folder.Train(2, "evaluation.prompts=8"));

        Assert.True(code == 0, error);
        Assert.All(folder.Metrics().Where(row => row.ContainsKey("train/loss")), row => Assert.InRange(row["train/logprob_gap_max"], 0, 1e-3));
    }
}
