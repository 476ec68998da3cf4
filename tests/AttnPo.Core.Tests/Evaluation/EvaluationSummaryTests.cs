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
        Assert.Equal(EvaluationSummary.Of(Rows) with { Failed = 2, Samples = 3 }, summary);
    }

    [Fact]
    public void Nothing_cannot_be_summed_up()
    {
        Assert.Throws<ArgumentException>(() => EvaluationSummary.Of([]));
        Assert.Throws<ArgumentException>(() => EvaluationSummary.Of([new(0, 0, Verdict.Failed, 0)]));
    }
}
