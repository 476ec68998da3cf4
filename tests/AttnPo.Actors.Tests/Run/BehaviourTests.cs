using System.Text.Json;
using AttnPo.Actors.Tests.Fakes;
using AttnPo.Core.Probing;
using AttnPo.Core.Steps;
using Xunit;
using static AttnPo.Actors.Protocol.RunProtocol;

namespace AttnPo.Actors.Tests.Run;

/// <summary>Figures of a step about how its responses reason, against the rollouts that it left.</summary>
public sealed class BehaviourTests
{
    [Fact]
    public async Task Phrases_and_the_ranking_of_steps_are_figures_of_the_step_that_wrote_them()
    {
        using var run = new FakeRun();
        await run.RunAsync(run.Setup(steps: 1));
        var metrics = run.News.OfType<StepFinished>().Single().Metrics;
        JsonElement[] lines = [.. Directory.GetFiles(Path.Combine(run.Directory, "rollouts", "step-000001"), "*-judgement-*")
            .SelectMany(File.ReadLines).Select(line => JsonDocument.Parse(line).RootElement)];

        var counts = lines.Select(line => PhraseCounts.Of(line.GetProperty("response").GetString()!, PhraseTable.Official)).ToArray();
        Assert.Equal(counts.Average(count => count.Confused), metrics["behaviour/confused_per_response"], 12);
        Assert.Equal(counts.Average(count => count.Forward), metrics["behaviour/forward_per_response"], 12);
        Assert.Equal(0, metrics["behaviour/backward_per_response"]);
        Assert.True(metrics["behaviour/confused_per_response"] > 0);
        var reasoning = lines.Sum(line => line.GetProperty("think_end").GetInt32() is >= 0 and var end ? end : line.GetProperty("tokens").GetInt32());
        Assert.Equal(1000.0 * counts.Sum(count => count.Confused) / reasoning, metrics["behaviour/confused_per_1k_tokens"], 12);
        Assert.Contains("eval/confused_per_response", run.News.OfType<EvaluationFinished>().First().Metrics.Keys);

        var scored = lines.Where(line => line.GetProperty("baseline").ValueKind == JsonValueKind.Number).Select(line =>
        {
            var steps = line.GetProperty("steps").EnumerateArray().ToArray();
            return ((IReadOnlyList<double>)[.. steps.Select(step => step[3].GetDouble())],
                (IReadOnlyList<bool>)[.. steps.Select(step => step[6].GetString() == "essential")]);
        });
        Assert.Equal(StepRanking.Accuracy(scored).Accuracy, metrics["score/sra"]);
    }
}
