using AttnPo.Gpu.Training;
using CsCheck;
using Xunit;

namespace AttnPo.Gpu.Tests.Training;

public sealed class PolicyLossTests
{
    private static readonly OptimizerSettings Settings = new();

    // Worked by hand with clip 0.2 and dual clip 3: ratio = new / old, loss = max(-A r, -A clip(r)), at most -3 A for A < 0.
    [Theory]
    [InlineData(1.0, 2.0, -2.0, -2.0, false)]     // unmoved
    [InlineData(1.1, 2.0, -2.2, -2.2, false)]     // inside the clip
    [InlineData(1.5, 2.0, -2.4, 0.0, true)]       // a good token far enough up: 1.2 * 2
    [InlineData(0.5, 2.0, -1.0, -1.0, false)]     // a good token that fell may rise
    [InlineData(0.5, -2.0, 1.6, 0.0, true)]       // a bad token far enough down: 0.8 * 2
    [InlineData(1.5, -2.0, 3.0, 3.0, false)]      // a bad token that rose must fall
    [InlineData(2.9, -2.0, 5.8, 5.8, false)]      // just below the second clip
    [InlineData(4.0, -2.0, 6.0, 0.0, true)]       // beyond it: 3 * 2
    [InlineData(1.5, 0.0, 0.0, 0.0, false)]       // no advantage, no loss
    public void Loss_and_slope_are_those_worked_by_hand(double ratio, double advantage, double value, double slope, bool clipped)
    {
        var loss = PolicyLoss.Of(Math.Log(0.1 * ratio), Math.Log(0.1), advantage, Settings);
        Assert.Equal(value, loss.Value, 12);
        Assert.Equal(slope, loss.Slope, 12);
        Assert.Equal(clipped, loss.Clipped);
    }

    [Fact]
    public void The_policy_that_sampled_loses_the_advantage_itself() =>
        Assert.Equal(PolicyLoss.Of(-1.5, -1.5, 0.7, Settings), PolicyLoss.OnPolicy(0.7));

    [Theory]
    [InlineData(0, -200, 1.0)]
    [InlineData(0, -200, -1.0)]
    [InlineData(-200, 0, 1.0)]
    [InlineData(-200, 0, -1.0)]
    public void Ratios_beyond_the_range_of_numbers_stay_finite(double logProb, double old, double advantage)
    {
        var loss = PolicyLoss.Of(logProb, old, advantage, Settings);
        Assert.True(double.IsFinite(loss.Value) && double.IsFinite(loss.Slope));
    }

    [Fact]
    public void The_slope_is_the_derivative_of_the_loss() =>
        Gen.Select(Gen.Double[-4, 0], Gen.Double[-4, 0], Gen.Double[-3, 3]).Sample((logProb, old, advantage) =>
        {
            const double h = 1e-6;
            var loss = PolicyLoss.Of(logProb, old, advantage, Settings);
            var (below, above) = (PolicyLoss.Of(logProb - h, old, advantage, Settings), PolicyLoss.Of(logProb + h, old, advantage, Settings));
            // At the very edge of a clip the loss has a kink.
            if (below.Clipped != above.Clipped) return true;
            return Math.Abs((above.Value - below.Value) / (2 * h) - loss.Slope) < 1e-4 * (1 + Math.Abs(loss.Slope));
        });
}
