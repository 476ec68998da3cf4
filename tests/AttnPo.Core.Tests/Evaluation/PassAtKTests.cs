using AttnPo.Core.Evaluation;
using CsCheck;
using Xunit;

namespace AttnPo.Core.Tests.Evaluation;

public class PassAtKTests
{
    [Theory]
    [InlineData(4, 1, 2, 0.5)] // 1 - C(3,2)/C(4,2) = 1 - 3/6
    [InlineData(10, 3, 5, 11.0 / 12)] // 1 - C(7,5)/C(10,5) = 1 - 21/252
    [InlineData(8, 0, 8, 0.0)]
    [InlineData(8, 1, 8, 1.0)]
    public void Pass_at_k_is_one_less_the_share_of_draws_that_are_all_wrong(int samples, int correct, int k, double expected) =>
        Assert.Equal(expected, PassAtK.Estimate(samples, correct, k), 12);

    [Fact]
    public void Pass_at_one_is_the_correct_share() => Gen.Int[1, 5000].SelectMany(n => Gen.Int[0, n].Select(c => (n, c))).Sample(
        pair => Math.Abs(PassAtK.Estimate(pair.n, pair.c, 1) - (double)pair.c / pair.n) < 1e-12);

    [Fact]
    public void More_draws_than_samples_cannot_be_estimated() =>
        Assert.Throws<ArgumentOutOfRangeException>(() => PassAtK.Estimate(4, 1, 5));
}
