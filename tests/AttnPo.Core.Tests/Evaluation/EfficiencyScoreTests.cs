using AttnPo.Core.Evaluation;
using Xunit;

namespace AttnPo.Core.Tests.Evaluation;

public class EfficiencyScoreTests
{
    [Theory]
    [InlineData(0.6, 40, 0.8)] // 0.6 shorter; relative gain (0.6 - 0.5625) / 0.5625 = 1/15, times 3
    [InlineData(0.5625, 40, 0.6)]
    [InlineData(0.45, 40, -0.4)] // relative loss 0.2, times 5
    [InlineData(0.5625, 150, -0.5)]
    public void Shortening_and_accuracy_are_weighed(double accuracy, double tokens, double expected) =>
        Assert.Equal(expected, EfficiencyScore.Of(accuracy, tokens, 0.5625, 100), 12);

    [Fact]
    public void A_baseline_that_is_never_right_has_no_score() =>
        Assert.Throws<ArgumentOutOfRangeException>(() => EfficiencyScore.Of(0.5, 10, 0, 10));
}
