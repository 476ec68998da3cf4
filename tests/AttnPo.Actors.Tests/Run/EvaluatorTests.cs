using AttnPo.Actors.Run;
using AttnPo.Actors.Tests.Fakes;
using Xunit;
using static AttnPo.Actors.Protocol.RunProtocol;

namespace AttnPo.Actors.Tests.Run;

/// <summary>Held-out figures of a run whose prompts are of several data sets.</summary>
public sealed class EvaluatorTests : IDisposable
{
    private readonly FakeRun _run = new();

    public void Dispose() => _run.Dispose();

    [Fact]
    public async Task Held_out_figures_are_by_data_set_and_their_average()
    {
        // Of the ten prompts that are measured two are of a and eight of b; the rest is not asked.
        await _run.RunAsync(_run.Setup(steps: 1) with
        {
            HeldOutSets = [.. Enumerable.Range(0, 15).Select(index => index < 10 ? index % 5 == 0 ? "a" : "b" : "c")],
        });
        var metrics = _run.News.OfType<EvaluationFinished>().First().Metrics;
        Assert.Equal((2.0, 8.0, 10.0), (metrics["eval/a/prompts"], metrics["eval/b/prompts"], metrics["eval/prompts"]));
        foreach (var figure in new[] { "accuracy", "tokens_mean", "truncated" })
            Assert.Equal((metrics[$"eval/a/{figure}"] + metrics[$"eval/b/{figure}"]) / 2, metrics[$"eval/{figure}"], 12);
        Assert.NotEqual(metrics["eval/a/tokens_mean"], metrics["eval/b/tokens_mean"]);
        Assert.Equal(
            Math.Sqrt(Math.Pow(metrics["eval/a/accuracy_se"], 2) + Math.Pow(metrics["eval/b/accuracy_se"], 2)) / 2, metrics["eval/accuracy_se"], 12);
        Assert.DoesNotContain(metrics.Keys, name => name.StartsWith("eval/c/", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Without_names_of_data_sets_there_are_no_figures_of_any()
    {
        await _run.RunAsync(_run.Setup(steps: 1));
        var metrics = _run.News.OfType<EvaluationFinished>().First().Metrics;
        Assert.True(metrics["eval/accuracy_se"] > 0);
        Assert.All(metrics.Keys, name => Assert.Equal(1, name.Count(character => character == '/')));
    }

    [Fact]
    public void Every_held_out_prompt_has_a_data_set() =>
        Assert.Contains("2 data sets are named for 15", Assert.Throws<ArgumentException>(
            () => TrainingRun.Start(_run.Setup() with { HeldOutSets = ["a", "b"] })).Message, StringComparison.Ordinal);
}
