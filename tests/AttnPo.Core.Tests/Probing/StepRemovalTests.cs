using AttnPo.Core.Probing;
using Xunit;

namespace AttnPo.Core.Tests.Probing;

public sealed class StepRemovalTests
{
    private static readonly double[] Scores = [0.5, 0.1, 0.9, 0.1, 0.9];

    [Theory]
    [InlineData(RemovalArm.Nothing, 2, new int[0])]
    [InlineData(RemovalArm.Highest, 1, new[] { 2 })]
    [InlineData(RemovalArm.Highest, 3, new[] { 0, 2, 4 })]
    [InlineData(RemovalArm.Lowest, 1, new[] { 1 })]
    [InlineData(RemovalArm.Lowest, 3, new[] { 0, 1, 3 })]
    public void Scores_decide_which_steps_go_and_of_equals_the_earlier(RemovalArm arm, int count, int[] expected) =>
        Assert.Equal(expected, StepRemoval.Choose(arm, Scores, count, seed: 1, response: 0));

    [Fact]
    public void A_random_choice_is_a_function_of_seed_and_response_and_blind_to_scores()
    {
        static IReadOnlyList<int> Choose(ulong seed, long response, double[]? scores = null) =>
            StepRemoval.Choose(RemovalArm.Random, scores ?? Scores, 2, seed, response);

        Assert.Equal(Choose(1, 7), Choose(1, 7, [5, 4, 3, 2, 1]));
        Assert.True(Enumerable.Range(0, 20).Select(i => string.Join(',', Choose(1, i))).Distinct().Count() > 5);
        Assert.NotEqual(Enumerable.Range(0, 20).Select(i => string.Join(',', Choose(1, i))), Enumerable.Range(0, 20).Select(i => string.Join(',', Choose(2, i))));
    }

    [Fact]
    public void Random_choices_hit_every_step_alike()
    {
        var hits = new int[5];
        for (var i = 0; i < 5000; i++)
        {
            var chosen = StepRemoval.Choose(RemovalArm.Random, Scores, 2, 3, i);
            Assert.Equal(2, chosen.Distinct().Count());
            Assert.Equal(chosen.Order(), chosen);
            foreach (var step in chosen) hits[step]++;
        }
        // 2,000 expected, standard deviation 35.
        Assert.All(hits, count => Assert.InRange(count, 1800, 2200));
    }

    [Theory]
    [InlineData(0)]
    [InlineData(5)]
    public void A_step_must_be_left_and_one_must_go(int count) =>
        Assert.Throws<ArgumentOutOfRangeException>(() => StepRemoval.Choose(RemovalArm.Highest, Scores, count, 1, 0));
}
