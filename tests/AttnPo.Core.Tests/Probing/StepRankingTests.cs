using AttnPo.Core.Probing;
using CsCheck;
using Xunit;

namespace AttnPo.Core.Tests.Probing;

public class StepRankingTests
{
    [Fact]
    public void Pairs_within_a_response_count_and_equal_scores_count_one_half()
    {
        // 0.5 beats 0.1 and 0.4, 0.4 beats 0.1 and ties with 0.4: 3.5 of 4.
        var (accuracy, pairs) = StepRanking.Accuracy([(Scores: [0.5, 0.1, 0.4, 0.4], Essential: [true, false, true, false])]);
        Assert.Equal((0.875, 4), (accuracy, pairs));
    }

    [Fact]
    public void Steps_of_different_responses_are_never_compared()
    {
        var (accuracy, pairs) = StepRanking.Accuracy(
            [([0.9, 0.8], [true, false]), ([0.2, 0.1], [true, false]), ([5.0], [false])]);
        Assert.Equal((1.0, 2), (accuracy, pairs));
    }

    [Fact]
    public void Without_a_pair_there_is_no_accuracy()
    {
        var (accuracy, pairs) = StepRanking.Accuracy([(Scores: [1, 2], Essential: [true, true])]);
        Assert.True(double.IsNaN(accuracy));
        Assert.Equal(0, pairs);
    }

    [Fact]
    public void Sorting_counts_what_comparing_every_pair_counts() =>
        Gen.Select(Gen.Int[0, 5], Gen.Bool, (score, essential) => (score, essential)).Array[0, 20].Array[1, 4].Sample(responses =>
        {
            var pairs = responses.SelectMany(steps =>
                from a in steps where a.essential from b in steps where !b.essential select Math.Sign(a.score - b.score)).ToList();
            var actual = StepRanking.Accuracy(responses.Select(steps => (
                (IReadOnlyList<double>)[.. steps.Select(step => (double)step.score)],
                (IReadOnlyList<bool>)[.. steps.Select(step => step.essential)])));
            return actual.Pairs == pairs.Count
                && (pairs.Count == 0 || Math.Abs(actual.Accuracy - pairs.Average(sign => (sign + 1) / 2.0)) < 1e-12);
        });
}
