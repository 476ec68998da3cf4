using AttnPo.Core.Credit;
using Xunit;

namespace AttnPo.Core.Tests.Credit;

public class CreditSettingsTests
{
    [Theory]
    [InlineData(Method.AttnPo, OutcomeRewardKind.Tlmre, AdvantageKind.Rloo, true)]
    [InlineData(Method.Tlmre, OutcomeRewardKind.Tlmre, AdvantageKind.Rloo, false)]
    [InlineData(Method.Rloo, OutcomeRewardKind.Correctness, AdvantageKind.Rloo, false)]
    [InlineData(Method.Grpo, OutcomeRewardKind.Correctness, AdvantageKind.Grpo, false)]
    public void A_method_is_a_choice_of_settings(Method method, OutcomeRewardKind reward, AdvantageKind advantage, bool stepCredit) =>
        Assert.Equal(
            new CreditSettings { Method = method, Reward = reward, Advantage = advantage, StepCredit = stepCredit },
            CreditSettings.For(method));

    [Fact]
    public void A_value_out_of_range_is_refused_by_name()
    {
        var settings = CreditSettings.For(Method.AttnPo);
        Assert.Equal("Delta", Assert.Throws<ArgumentOutOfRangeException>(() => settings with { Delta = 1.5 }).ParamName);
        Assert.Throws<ArgumentOutOfRangeException>(() => settings with { LengthPenalty = -0.1 });
        Assert.Throws<ArgumentOutOfRangeException>(() => settings with { Beta = double.NaN });
        Assert.Throws<ArgumentOutOfRangeException>(() => settings with { Delay = double.PositiveInfinity });
    }
}
