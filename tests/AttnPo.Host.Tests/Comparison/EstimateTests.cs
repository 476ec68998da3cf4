using AttnPo.Host.Comparison;
using Xunit;

namespace AttnPo.Host.Tests.Comparison;

public sealed class EstimateTests
{
    [Fact]
    public void The_standard_error_is_the_sample_deviation_over_the_root_of_the_count()
    {
        // Deviations -2, 0, 2: variance 8 / 2 = 4; error sqrt(4 / 3).
        var estimate = Estimate.Of([1, 3, 5]);

        Assert.Equal(3, estimate.Mean);
        Assert.Equal(Math.Sqrt(4.0 / 3), estimate.StandardError, 12);
    }

    [Fact]
    public void One_value_has_no_standard_error_and_shows_none()
    {
        var estimate = Estimate.Of([0.25]);

        Assert.True(double.IsNaN(estimate.StandardError));
        Assert.Equal("25.0", estimate.Text(100, 1));
    }

    [Theory]
    [InlineData(-0.5, "-50.0")]
    [InlineData(0.5, "+50.0")]
    public void A_difference_shows_its_sign(double value, string text) =>
        Assert.Equal(text, Estimate.Of([value]).Text(100, 1, signed: true));

    [Fact]
    public void No_values_are_no_estimate() => Assert.Throws<ArgumentException>(() => Estimate.Of([]));
}
