using AttnPo.Actors.Protocol;
using AttnPo.Host.Progress;
using Xunit;
using static AttnPo.Actors.Protocol.RunProtocol;

namespace AttnPo.Host.Tests.Progress;

public sealed class RunFiguresTests
{
    private static StepFinished Step(long step, double seconds) => new(
        new(step), new(step), new Dictionary<string, double> { ["time/step_s"] = seconds, ["rollout/accuracy"] = 0.5, ["rollout/tokens_mean"] = 81.5 });

    [Fact]
    public void The_time_left_follows_the_last_steps()
    {
        var figures = new RunFigures();
        figures.Apply(new RunOpened(new("r"), new(10), 40, Continued: true));
        Assert.Null(figures.TimeLeft);
        for (var step = 11; step <= 20; step++) figures.Apply(Step(step, step < 13 ? 100 : 3));
        Assert.Equal(TimeSpan.FromSeconds(60), figures.TimeLeft);
    }

    [Fact]
    public void Other_responses_to_watch_heads_on_are_told() => Assert.Equal(
        "heads are watched on other responses from step 4 on; NOT AS BEFORE: probe set a1, now b2",
        new RunFigures().Line(new ProbeSetChanged(new(4), "a1", "b2")));

    [Fact]
    public void A_step_is_a_line_with_what_was_measured()
    {
        var figures = new RunFigures();
        figures.Apply(new RunOpened(new("r"), StepNumber.Start, 40, Continued: false));
        var step = Step(1, 2);
        figures.Apply(step);
        var line = figures.Line(step)!;
        Assert.StartsWith("step 1/40  accuracy 0.500  tokens 81.5", line, StringComparison.Ordinal);
        Assert.Contains("reward -", line, StringComparison.Ordinal);
        Assert.EndsWith("left 1 min 18 s", line, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(4, 4, 0, "left 0 s  NOTHING TO LEARN FROM: in each of 4 groups all responses had the same reward")]
    [InlineData(4, 3, 0, "left 0 s")]
    [InlineData(4, 3, 2, "left 0 s  dropped 2 groups")]
    [InlineData(0, 0, 6, "left 0 s  dropped 6 groups  NOTHING TO LEARN FROM: all groups were dropped; attnpo status says why")]
    public void A_step_says_what_was_dropped_and_that_no_group_had_a_signal(int used, int without, int dropped, string end)
    {
        var step = new StepFinished(new(1), new(1), new Dictionary<string, double>
        {
            ["groups/used"] = used, ["groups/zero_advantage"] = without, ["groups/dropped"] = dropped,
        });
        var figures = new RunFigures();
        figures.Apply(step);
        Assert.EndsWith(end, figures.Line(step)!, StringComparison.Ordinal);
    }
}
