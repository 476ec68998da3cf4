using AttnPo.Core.Probing;
using Xunit;

namespace AttnPo.Core.Tests.Probing;

public class CorrelationTests
{
    [Fact]
    public void Lists_on_a_line_go_together_whatever_its_slope()
    {
        Assert.Equal(1, Correlation.Pearson([1, 2, 4], [3, 5, 9]), 12);
        Assert.Equal(-1, Correlation.Pearson([1, 2, 4], [0, -1, -3]), 12);
    }

    // By hand: deviations (-2, 0, 2) and (-1, 2, -1).
    [Fact]
    public void Lists_without_a_common_trend_do_not() => Assert.Equal(0, Correlation.Pearson([1, 3, 5], [0, 3, 0]), 12);

    [Fact]
    public void Ranks_alone_count_for_Spearman_and_equal_values_share_theirs()
    {
        Assert.Equal(1, Correlation.Spearman([1, 2, 3], [1, 10, 1000]), 12);
        // Ranks 0, 1.5, 1.5, 3 against 0, 1, 2, 3: 4.5 / sqrt(4.5 * 5).
        Assert.Equal(4.5 / Math.Sqrt(4.5 * 5), Correlation.Spearman([1, 2, 2, 3], [1, 2, 3, 4]), 12);
    }

    [Fact]
    public void A_constant_list_goes_with_nothing()
    {
        Assert.True(double.IsNaN(Correlation.Pearson([1, 1, 1], [1, 2, 3])));
        Assert.True(double.IsNaN(Correlation.Pearson([1], [2])));
    }

    [Fact]
    public void Lists_of_different_lengths_are_refused() => Assert.Throws<ArgumentException>(() => Correlation.Pearson([1], [1, 2]));
}
