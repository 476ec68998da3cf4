using AttnPo.Core.Evaluation;
using AttnPo.Core.Verification;
using Xunit;

namespace AttnPo.Core.Tests.Evaluation;

public class EvaluationReportTests
{
    // Of 4 responses 1 is correct, then 3.
    private static readonly EvaluationRow[] Long =
    [
        new(0, 0, Verdict.Correct, 3000), new(0, 1, Verdict.Wrong, 1000), new(0, 2, Verdict.Truncated, 5000), new(0, 3, Verdict.NoAnswer, 1000),
        new(1, 0, Verdict.Correct, 2048), new(1, 1, Verdict.Correct, 2049), new(1, 2, Verdict.Correct, 10), new(1, 3, Verdict.Malformed, 892),
    ];

    private static readonly EvaluationRow[] Short = [new(2, 0, Verdict.Correct, 100), new(3, 0, Verdict.Correct, 300), new(4, 0, Verdict.OverBudget, 90)];

    private static readonly int[] Budgets = [2048, 4096];

    [Fact]
    public void A_data_set_has_pass_at_each_power_of_two_and_accuracy_within_each_budget()
    {
        var figures = EvaluationReport.Of([("long", Long)], Budgets).Sets.Single();
        Assert.Equal([1, 2, 4], figures.PassAt.Select(point => point.K));
        // 1 - C(3,2)/C(4,2) = 1/2, and 1 - C(1,2)/C(4,2) = 1.
        Assert.Equal([0.5, 0.75, 1.0], figures.PassAt.Select(point => point.Value));
        // Within 2048 the first question has none left, the second two.
        Assert.Equal([(2048, 0.25), (4096, 0.5)], figures.Within);
        Assert.Null(figures.Efficiency);
    }

    [Fact]
    public void The_total_of_one_data_set_is_that_one()
    {
        var report = EvaluationReport.Of([("long", Long)], Budgets);
        Assert.Equal(report.Sets[0] with { Name = "total" }, report.Total);
    }

    [Fact]
    public void In_the_total_every_data_set_weighs_the_same_and_counts_are_sums()
    {
        var report = EvaluationReport.Of([("long", Long), ("short", Short)], Budgets);
        var total = report.Total.Summary;
        Assert.Equal((4, 4, 1, 1), (total.Questions, total.Samples, total.Failed, total.OverBudget));
        Assert.Equal((1, 1), (total.Malformed, total.NoAnswer));
        Assert.Equal(0.75, total.Accuracy);
        Assert.Equal(1.0, total.PassAtK);
        Assert.Equal((14999 / 8.0 + 200) / 2, total.TokensMean);
        Assert.Equal((1524 + 200) / 2.0, total.TokensMedian);
        Assert.Equal(0.125 / 2, total.Truncated);
        // Errors 0.25 (shares 0.25 and 0.75) and 0.
        Assert.Equal(0.125, total.AccuracyError!.Value, 12);
        Assert.Equal([(2048, 0.625), (4096, 0.75)], report.Total.Within);
        Assert.Equal([(1, 0.75)], report.Total.PassAt);
    }

    [Fact]
    public void A_baseline_gives_the_efficiency_of_each_data_set_and_of_the_averages()
    {
        var report = EvaluationReport.Of([("long", Long), ("short", Short)], [], [new(0.4, 3749.75), new(0, 100)]);
        // Half as long, and a quarter more accurate.
        Assert.Equal(0.5 + 3 * 0.25, report.Sets[0].Efficiency!.Value, 12);
        Assert.Null(report.Sets[1].Efficiency);
        var (accuracy, tokens) = (0.2, (3749.75 + 100) / 2);
        Assert.Equal(EfficiencyScore.Of(0.75, (1874.875 + 200) / 2, accuracy, tokens), report.Total.Efficiency!.Value, 12);
    }

    [Fact]
    public void A_data_set_of_which_nothing_could_be_verified_is_named()
    {
        var fault = Assert.Throws<ArgumentException>(() => EvaluationReport.Of([("long", Long), ("none", [new(5, 0, Verdict.Failed, 1)])], []));
        Assert.StartsWith("none: None of 1 responses", fault.Message, StringComparison.Ordinal);
    }

    [Fact]
    [Trait("Contract", "C5")]
    public void C5_A_failure_stays_one_under_every_budget() =>
        Assert.Equal(
            [Verdict.Failed, Verdict.OverBudget, Verdict.Truncated, Verdict.Correct],
            TokenBudget.Cut([new(0, 0, Verdict.Failed, 9), new(0, 1, Verdict.OverBudget, 9), new(0, 2, Verdict.Correct, 9), new(0, 3, Verdict.Correct, 8)], 8)
                .Select(row => row.Verdict));
}
