using AttnPo.Core.Data;
using AttnPo.Core.Evaluation;
using AttnPo.Core.Verification;
using Xunit;

namespace AttnPo.Core.Tests.Evaluation;

public class EvaluationSummaryTests
{
    private static readonly EvaluationRow[] Rows =
    [
        new(0, 0, Verdict.Correct, 10, "4", new LabelledSteps(3, 1, 0)),
        new(0, 1, Verdict.Wrong, 20, "5", new LabelledSteps(2, 4, 1)),
        new(1, 0, Verdict.Truncated, 64, null, new LabelledSteps(1, 9, 2)),
        new(1, 1, Verdict.NoAnswer, 30),
    ];

    [Fact]
    public void Responses_are_summed_up()
    {
        var summary = EvaluationSummary.Of(Rows);
        Assert.Equal((2, 2, 0), (summary.Questions, summary.Samples, summary.Failed));
        Assert.Equal((0.25, 0.5), (summary.Accuracy, summary.PassAtK));
        Assert.Equal((31.0, 25.0), (summary.TokensMean, summary.TokensMedian));
        Assert.Equal(0.25, summary.Truncated);
        Assert.Equal(14.0 / 20, summary.RedundantShare);
        Assert.Equal(3.0 / 9, summary.EssentialMissing);
    }

    [Fact]
    public void Pass_at_one_is_the_accuracy() => Assert.Equal(0.25, EvaluationSummary.Of(Rows, 1).PassAtK);

    [Fact]
    public void Every_question_weighs_the_same()
    {
        var summary = EvaluationSummary.Of([new(0, 0, Verdict.Correct, 1), new(1, 0, Verdict.Wrong, 2), new(1, 1, Verdict.Correct, 3)]);
        Assert.Equal(0.75, summary.Accuracy);
        Assert.Equal(2, summary.TokensMedian);
    }

    [Fact]
    public void The_standard_error_is_of_the_mean_over_questions()
    {
        // Shares 1, 0.5 and 0: variance 0.25 of one, 0.25 / 3 of their mean.
        EvaluationRow[] rows =
        [
            new(0, 0, Verdict.Correct, 1), new(0, 1, Verdict.Correct, 1), new(1, 0, Verdict.Correct, 1), new(1, 1, Verdict.Wrong, 1),
            new(2, 0, Verdict.Wrong, 1), new(2, 1, Verdict.Malformed, 1),
        ];
        Assert.Equal(Math.Sqrt(0.25 / 3), EvaluationSummary.Of(rows).AccuracyError!.Value, 12);
        // More responses that say the same make it no surer.
        Assert.Equal(Math.Sqrt(0.25 / 3), EvaluationSummary.Of([.. rows, .. rows.Select(row => row with { Sample = row.Sample + 2 })]).AccuracyError!.Value, 12);
        Assert.Null(EvaluationSummary.Of(rows[..2]).AccuracyError);
    }

    [Fact]
    public void What_went_wrong_is_counted_by_kind()
    {
        var summary = EvaluationSummary.Of(
            [
                new(0, 0, Verdict.Malformed, 1), new(0, 1, Verdict.NoAnswer, 1), new(0, 2, Verdict.NoAnswer, 1), new(0, 3, Verdict.Failed, 1),
                new(0, 4, Verdict.OverBudget, 1), new(0, 5, Verdict.OverBudget, 1),
            ]);
        Assert.Equal((1, 2, 2, 3), (summary.Malformed, summary.NoAnswer, summary.OverBudget, summary.Failed));
    }

    [Fact]
    public void Labels_are_counted_by_kind() =>
        Assert.Equal(
            new LabelledSteps(1, 2, 3), LabelledSteps.Count([StepLabel.Redundant, StepLabel.Essential, StepLabel.Redundant], 3));

    [Fact]
    public void Without_labels_nothing_is_said_of_steps()
    {
        var summary = EvaluationSummary.Of([new(0, 0, Verdict.Correct, 1)]);
        Assert.Null(summary.RedundantShare);
        Assert.Null(summary.EssentialMissing);
    }

    [Fact]
    [Trait("Contract", "C5")]
    public void C5_A_failure_is_counted_and_weighs_nothing()
    {
        var summary = EvaluationSummary.Of([.. Rows, new(1, 2, Verdict.Failed, 0), new(2, 0, Verdict.OverBudget, 70)]);
        Assert.Equal(EvaluationSummary.Of(Rows) with { Failed = 2, OverBudget = 1, Samples = 3 }, summary);
    }

    [Fact]
    public void Nothing_cannot_be_summed_up()
    {
        Assert.Throws<ArgumentException>(() => EvaluationSummary.Of([]));
        Assert.Throws<ArgumentException>(() => EvaluationSummary.Of([new(0, 0, Verdict.Failed, 0)]));
    }
}
