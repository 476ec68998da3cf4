using AttnPo.Core.Credit;
using Xunit;

namespace AttnPo.Core.Tests.Credit;

public class StepScoresTests
{
    [Fact]
    public void A_step_has_the_mean_score_of_the_heads() => Assert.Equal([2, 3], StepScores.Mean([[1, 5], [3, 1]]));

    [Fact]
    public void A_response_without_steps_has_no_scores() => Assert.Empty(StepScores.Mean([[], []]));
}
