using AttnPo.Core.Probing;
using Xunit;

namespace AttnPo.Core.Tests.Probing;

public class HeadSelectionTests
{
    // Steps: two essential, two redundant. Alone the heads rank 3, 3, 2 and 0 of 4 pairs; 0 and 2 together rank all.
    private static readonly ProbedResponse Response = new(
        [[0.9, 0.3, 0.4, 0.1], [0.8, 0.3, 0.4, 0.1], [0.2, 0.9, 0.3, 0.3], [0.0, 0.0, 1.0, 1.0]], [true, true, false, false]);

    [Fact]
    public void Each_head_is_ranked_by_itself() => Assert.Equal([0.75, 0.75, 0.5, 0.0], HeadSelection.Accuracies([Response]));

    [Fact]
    public void Top_k_takes_the_best_heads_and_of_equals_the_first() =>
        Assert.Equal([new HeadPick(0, 0.75), new HeadPick(1, 0.75)], HeadSelection.TopK([Response], 2));

    [Fact]
    public void Greedy_takes_the_head_that_helps_the_set_most_and_goes_on_when_none_does()
    {
        var picks = HeadSelection.Greedy([Response], 4);
        Assert.Equal([new HeadPick(0, 0.75), new HeadPick(2, 1.0), new HeadPick(1, 1.0)], picks.Take(3));
        Assert.Equal(3, picks[3].Head);
        Assert.InRange(picks[3].Accuracy, 0, 0.5);
    }

    [Theory]
    [InlineData(4, 0.002, 2)]
    [InlineData(4, 0.0, 3)]
    [InlineData(2, 0.0, 2)]
    [InlineData(1, 0.0, 1)]
    [InlineData(9, 0.1, 2)]
    [InlineData(9, 0.3, 1)]
    public void As_many_heads_are_enough_as_come_near_the_best_of_the_allowed_sets(int most, double tolerance, int expected)
    {
        HeadPick[] picks = [new(7, 0.7), new(3, 0.9), new(4, 0.901), new(1, 0.88), new(2, 0.95)];
        Assert.Equal(expected, HeadSelection.Saturation(picks, most, tolerance));
    }

    [Fact]
    public void A_set_is_never_larger_than_asked_for()
    {
        Assert.Single(HeadSelection.Greedy([Response], 1));
        Assert.Equal(4, HeadSelection.Greedy([Response], 9).Count);
        Assert.Equal(4, HeadSelection.TopK([Response], 9).Count);
    }

    [Fact]
    public void Without_a_pair_to_rank_heads_cannot_be_chosen() =>
        Assert.Throws<ArgumentException>(() => HeadSelection.Greedy([Response with { Essential = [true, true, true, true] }], 2));

    [Fact]
    public void Every_head_scores_every_step() =>
        Assert.Throws<ArgumentException>(() => HeadSelection.Accuracies([Response, Response with { HeadScores = [[1, 2, 3, 4]] }]));

    [Fact]
    public void A_score_that_is_no_number_is_refused() =>
        Assert.Throws<ArgumentException>(() => HeadSelection.Accuracies([Response with { HeadScores = [[1, 2, double.NaN, 4]] }]));
}
