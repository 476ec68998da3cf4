using AttnPo.Core.Credit;
using AttnPo.Core.Verification;
using Xunit;

namespace AttnPo.Core.Tests.Credit;

public class GroupAssessmentTests
{
    private static readonly Outcome[] TwoOfFour =
        [new(Verdict.Correct, 10), new(Verdict.Wrong, 20), new(Verdict.Correct, 30), new(Verdict.NoAnswer, 40)];

    [Fact]
    public void The_length_penalty_relates_each_correct_response_to_the_correct_ones_alone()
    {
        // Lengths 100, 200, 300: mean 200, population deviation 81.64966, so z = -1.2247449, 0, 1.2247449; sigmoid(1.2247449) = 0.7728975.
        Outcome[] group = [new(Verdict.Correct, 100), new(Verdict.Correct, 200), new(Verdict.Correct, 300), new(Verdict.Wrong, 5000)];
        var credit = GroupAssessment.Assess(group, CreditSettings.For(Method.Tlmre));
        Equal([1 - 0.2 * 0.2271025, 0.9, 1 - 0.2 * 0.7728975, 0], credit.Rewards);
        Equal([0.3727727, 0.3, 0.2272273, -0.9], credit.Advantages);
        Assert.Equal(0.75, credit.CorrectShare);
    }

    [Fact]
    public void Correctness_alone_ignores_the_length()
    {
        var credit = GroupAssessment.Assess(TwoOfFour, CreditSettings.For(Method.Rloo));
        Equal([1, 0, 1, 0], credit.Rewards);
        Equal([2.0 / 3, -2.0 / 3, 2.0 / 3, -2.0 / 3], credit.Advantages);
    }

    [Fact]
    public void Grpo_divides_by_the_sample_deviation()
    {
        // Mean 0.5, sample deviation sqrt(4 * 0.25 / 3) = 0.5773503.
        var credit = GroupAssessment.Assess(TwoOfFour, CreditSettings.For(Method.Grpo));
        Equal([0.8660239, -0.8660239, 0.8660239, -0.8660239], credit.Advantages);
    }

    [Fact]
    public void Grpo_without_deviation_takes_the_mean_away()
    {
        var settings = CreditSettings.For(Method.Grpo) with { Advantage = AdvantageKind.GrpoWithoutStd };
        Equal([0.5, -0.5, 0.5, -0.5], GroupAssessment.Assess(TwoOfFour, settings).Advantages);
    }

    [Fact]
    public void A_single_correct_response_loses_half_the_penalty()
    {
        Outcome[] group = [new(Verdict.Correct, 700), new(Verdict.Wrong, 100)];
        Equal([0.9, 0], GroupAssessment.Assess(group, CreditSettings.For(Method.AttnPo)).Rewards);
    }

    [Theory]
    [InlineData(AdvantageKind.Rloo)]
    [InlineData(AdvantageKind.Grpo)]
    [InlineData(AdvantageKind.GrpoWithoutStd)]
    public void Equal_rewards_give_advantages_of_exactly_zero(AdvantageKind kind)
    {
        var settings = CreditSettings.For(Method.AttnPo) with { Advantage = kind, LengthPenalty = 0.3 };
        var group = Enumerable.Repeat(new Outcome(Verdict.Correct, 321), 7).ToArray();
        Assert.All(GroupAssessment.Assess(group, settings).Advantages, advantage => Assert.Equal(0.0, advantage));
    }

    [Fact]
    [Trait("Contract", "C5")]
    public void C5_A_rollout_that_failed_or_was_over_budget_is_left_out_of_the_group_as_if_it_had_not_been_sampled()
    {
        Outcome[] withFailures = [new(Verdict.Failed, 0), .. TwoOfFour, new(Verdict.OverBudget, 99999)];
        foreach (var settings in Enum.GetValues<Method>().Select(CreditSettings.For))
        {
            var whole = GroupAssessment.Assess(TwoOfFour, settings);
            var credit = GroupAssessment.Assess(withFailures, settings);
            Assert.Equal(whole.CorrectShare, credit.CorrectShare);
            Assert.Equal([0, .. whole.Rewards, 0], credit.Rewards);
            Assert.Equal([0, .. whole.Advantages, 0], credit.Advantages);
            Assert.Equal([false, true, true, true, true, false], credit.Counted);
        }
    }

    [Fact]
    [Trait("Contract", "C5")]
    public void C5_Truncated_responses_count_as_wrong_or_not_at_all_as_the_setting_says()
    {
        Outcome[] group = [new(Verdict.Correct, 10), new(Verdict.Truncated, 16), new(Verdict.Wrong, 9)];
        var settings = CreditSettings.For(Method.Rloo);
        Equal([1, -0.5, -0.5], GroupAssessment.Assess(group, settings).Advantages);
        var excluding = GroupAssessment.Assess(group, settings with { ExcludeTruncated = true });
        Equal([1, 0, -1], excluding.Advantages);
        Assert.Equal([true, false, true], excluding.Counted);
        Assert.Equal(0.5, excluding.CorrectShare);
    }

    [Theory]
    [InlineData(Verdict.Correct, 1.0)]
    [InlineData(Verdict.Wrong, 0.0)]
    [InlineData(Verdict.Failed, 0.0)]
    [InlineData(Verdict.OverBudget, 0.0)]
    public void Where_fewer_than_two_members_count_there_is_no_advantage(Verdict only, double correctShare)
    {
        foreach (var kind in Enum.GetValues<AdvantageKind>())
        {
            var settings = CreditSettings.For(Method.AttnPo) with { Advantage = kind };
            var credit = GroupAssessment.Assess([new(only, 50), new(Verdict.Failed, 0)], settings);
            Assert.Equal([0.0, 0.0], credit.Advantages);
            Assert.Equal(correctShare, credit.CorrectShare);
        }
    }

    [Fact]
    public void An_empty_group_is_worth_nothing() =>
        Assert.Empty(GroupAssessment.Assess([], CreditSettings.For(Method.Grpo)).Advantages);

    private static void Equal(double[] expected, double[] actual)
    {
        Assert.Equal(expected.Length, actual.Length);
        Assert.All(expected.Zip(actual), pair => Assert.Equal(pair.First, pair.Second, 1e-6));
    }
}
