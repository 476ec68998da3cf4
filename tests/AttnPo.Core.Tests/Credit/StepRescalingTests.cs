using AttnPo.Core.Credit;
using AttnPo.Core.Text;
using AttnPo.Core.Verification;
using Xunit;

namespace AttnPo.Core.Tests.Credit;

public class StepRescalingTests
{
    // p = 0.5, |F| = 40, |o| = 400: the baseline is 0.25 * 0.1 = 0.025. A score of 0.01 is 0.4 of it.
    private const double Share = 0.5, Redundant = 0.01, Essential = 0.03;
    private const long LongAfterDelay = 100_000;
    private static readonly CreditSettings Settings = CreditSettings.For(Method.AttnPo);
    private static readonly double Baseline = StepRescaling.Baseline(Share, 2, 40, 400);

    [Fact]
    public void The_baseline_is_even_attention_weighted_by_the_correct_share() => Assert.Equal(0.025, Baseline, 12);

    [Theory]
    [InlineData(RescalingForm.Reference, 0.0, 0.85)]
    [InlineData(RescalingForm.Reference, 0.2, 0.88)]
    [InlineData(RescalingForm.Paper, 0.0, 0.10)]
    [InlineData(RescalingForm.Paper, 0.2, 0.28)]
    public void A_redundant_step_of_a_good_response_is_attenuated(RescalingForm form, double delta, double expected) =>
        Assert.Equal(expected, Factor(1, Redundant, LongAfterDelay, Settings with { Form = form, Delta = delta }), 12);

    [Fact]
    public void Where_all_are_correct_both_forms_are_proportional_to_the_score()
    {
        foreach (var form in Enum.GetValues<RescalingForm>())
            Assert.Equal(0.4, StepRescaling.Factor(1, 0.04, 0.1, 1, 1, Settings with { Form = form }), 12);
    }

    [Fact]
    public void An_essential_step_of_a_good_response_keeps_its_advantage() =>
        Assert.Equal(1, Factor(1, Essential, LongAfterDelay, Settings));

    [Fact]
    public void An_essential_step_of_a_long_response_loses_nothing() => Assert.Equal(0, Factor(-1, Essential, 1, Settings));

    [Fact]
    public void A_redundant_step_of_a_long_response_bears_all_of_the_loss() => Assert.Equal(1, Factor(-1, Redundant, 1, Settings));

    [Fact]
    public void Attenuation_waits_the_longer_the_harder_the_prompt_is()
    {
        // 1000 * (1 - 0.5) = 500 steps must have passed.
        Assert.Equal(1, Factor(1, Redundant, 500, Settings));
        Assert.Equal(0.85, Factor(1, Redundant, 501, Settings), 12);
        Assert.Equal(0.85, Factor(1, Redundant, 1, Settings with { Delay = 0 }), 12);
        Assert.Equal(0, Factor(-1, Essential, 1, Settings));
    }

    [Fact]
    public void Each_gate_has_a_switch()
    {
        var (noPositive, noNegative) = (Settings with { PositiveGate = false }, Settings with { NegativeGate = false });
        Assert.Equal(1, Factor(1, Redundant, LongAfterDelay, noPositive));
        Assert.Equal(0, Factor(-1, Essential, LongAfterDelay, noPositive));
        Assert.Equal(0.85, Factor(1, Redundant, LongAfterDelay, noNegative), 12);
        Assert.Equal(1, Factor(-1, Essential, LongAfterDelay, noNegative));
    }

    [Fact]
    public void A_score_that_is_no_number_is_refused() =>
        Assert.Throws<ArgumentOutOfRangeException>(() => Factor(1, double.NaN, 1, Settings));

    [Fact]
    public void An_answer_of_no_tokens_leaves_every_factor_at_one()
    {
        Assert.Equal(1, StepRescaling.Factor(1, 0, 0, 1, LongAfterDelay, Settings));
        Assert.Equal(1, StepRescaling.Factor(-1, 0, 0, 1, LongAfterDelay, Settings));
    }

    [Theory]
    [InlineData(Verdict.Wrong)]
    [InlineData(Verdict.NoAnswer)]
    [InlineData(Verdict.Malformed)]
    [InlineData(Verdict.Truncated)]
    [InlineData(Verdict.Failed)]
    [InlineData(Verdict.OverBudget)]
    public void Only_correct_responses_are_rescaled(Verdict verdict) =>
        Assert.Equal([1, 1], StepRescaling.Factors(verdict, -1, [Redundant, Essential], Baseline, Share, LongAfterDelay, Settings));

    [Fact]
    public void A_response_of_one_step_is_not_rescaled() =>
        Assert.Equal([1], StepRescaling.Factors(Verdict.Correct, 1, [Redundant], Baseline, Share, LongAfterDelay, Settings));

    [Fact]
    public void Methods_without_step_credit_rescale_nothing()
    {
        foreach (var method in new[] { Method.Tlmre, Method.Grpo, Method.Rloo })
            Assert.Equal(
                [1, 1],
                StepRescaling.Factors(
                    Verdict.Correct, -1, [Redundant, Essential], Baseline, Share, LongAfterDelay, CreditSettings.For(method)));
    }

    [Fact]
    public void Tokens_take_the_factor_of_their_step_and_others_keep_the_advantage() =>
        Assert.Equal(
            [2f, 1f, 1f, 0f, 2f, 2f],
            StepRescaling.TokenWeights(2, 6, [new TokenSpan(1, 3), new TokenSpan(3, 4)], [0.5, 0]));

    [Fact]
    public void Every_step_needs_a_factor() =>
        Assert.Throws<ArgumentException>(() => StepRescaling.TokenWeights(1, 6, [new TokenSpan(0, 3)], []));

    private static double Factor(double advantage, double score, long step, CreditSettings settings) =>
        StepRescaling.Factor(advantage, score, Baseline, Share, step, settings);
}
