using AttnPo.Core.Probing;
using Xunit;

namespace AttnPo.Core.Tests.Probing;

public sealed class InterventionReportTests
{
    [Theory]
    [InlineData(0.5, 100, 0.4038, 0.5962)]
    [InlineData(0.0, 20, 0.0, 0.1611)]
    [InlineData(1.0, 20, 0.8389, 1.0)]
    [InlineData(0.9, 50, 0.7864, 0.9565)]
    public void The_interval_of_a_share_is_Wilsons(double share, int count, double low, double high)
    {
        var interval = InterventionReport.Wilson(share, count);
        Assert.Equal(low, interval.Low, 4);
        Assert.Equal(high, interval.High, 4);
    }

    [Fact]
    public void Arms_and_differences_are_means_over_responses()
    {
        // Nothing removed: right. Highest: right in one of four. Lowest: right. Random: half.
        var outcomes = Enumerable.Range(0, 40).Select(i => new ResponseOutcome(
            $"{i}", [new(1, 0, 0, 0), new(i % 4 == 0 ? 1 : 0, 10, 2, 2), new(1, 8, 0, 2), new(0.5, 9, 1, 2)])).ToList();
        var report = InterventionReport.Of(outcomes, seed: 1);

        Assert.Equal((40, 40), (report.Responses, report.Prompts));
        Assert.Equal([1, 0.25, 1, 0.5], report.Arms.Select(arm => arm.Accuracy));
        Assert.Equal([0.0, 10, 8, 9], report.Arms.Select(arm => arm.RemovedTokens));
        Assert.Equal([null, 1.0, 0.0, 0.5], report.Arms.Select(arm => arm.RemovedEssential));
        Assert.Equal(
            [(RemovalArm.Highest, RemovalArm.Lowest), (RemovalArm.Highest, RemovalArm.Nothing), (RemovalArm.Lowest, RemovalArm.Nothing),
             (RemovalArm.Random, RemovalArm.Nothing)],
            report.Differences.Select(difference => (difference.First, difference.Second)));
        Assert.Equal([-0.75, -0.75, 0, -0.5], report.Differences.Select(difference => difference.Mean));
        // Standard error of the mean of 40 draws of 0.75 and 0.25: 0.068.
        Assert.InRange(report.Differences[0].Low, -0.92, -0.84);
        Assert.InRange(report.Differences[0].High, -0.66, -0.58);
        // What is the same everywhere has no spread.
        Assert.Equal((-0.5, -0.5), (report.Differences[3].Low, report.Differences[3].High));
    }

    [Fact]
    public void The_bootstrap_is_a_function_of_the_seed()
    {
        var outcomes = Outcomes(30);
        Assert.Equal(InterventionReport.Of(outcomes, 5).Differences, InterventionReport.Of(outcomes, 5).Differences);
    }

    [Fact]
    public void Each_response_given_twice_leaves_the_intervals_as_they_were()
    {
        var once = InterventionReport.Of(Outcomes(30), 5);
        var twice = InterventionReport.Of([.. Outcomes(30), .. Outcomes(30)], 5);
        Assert.Equal((60, 30), (twice.Responses, twice.Prompts));
        Assert.Equal(once.Differences, twice.Differences);
        foreach (var (first, second) in once.Arms.Zip(twice.Arms))
        {
            Assert.Equal(first.Low, second.Low, 12);
            Assert.Equal(first.High, second.High, 12);
        }
    }

    [Fact]
    public void A_prompt_with_most_of_the_responses_is_worth_hardly_more_than_one()
    {
        var outcomes = Enumerable.Range(0, 100).Select(i => new ResponseOutcome(
            i < 91 ? "often" : $"{i}", [new(i % 2, 0, 0, 0), new(0, 0, 0, 0), new(1, 0, 0, 0), new(0, 0, 0, 0)])).ToList();
        var report = InterventionReport.Of(outcomes, 1);
        // 100² / (91² + 9 · 1²)
        var (low, high) = InterventionReport.Wilson(0.5, 10_000.0 / 8290);
        Assert.Equal(10, report.Prompts);
        Assert.Equal((low, high), (report.Arms[0].Low, report.Arms[0].High));
    }

    [Fact]
    public void Without_responses_or_arms_there_is_no_report()
    {
        Assert.Throws<ArgumentException>(() => InterventionReport.Of([], 1));
        Assert.Throws<ArgumentException>(() => InterventionReport.Of([new("p", [new(1, 0, 0, 0)])], 1));
    }

    private static List<ResponseOutcome> Outcomes(int count) =>
        [.. Enumerable.Range(0, count).Select(i => new ResponseOutcome(
            $"{i}", [new(1, 0, 0, 0), new(i % 3 / 2.0, 1, 0, 0), new(1, 1, 0, 0), new(i % 2, 1, 0, 0)]))];
}
