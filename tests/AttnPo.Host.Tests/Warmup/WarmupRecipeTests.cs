using AttnPo.Host.Warmup;
using Xunit;

namespace AttnPo.Host.Tests.Warmup;

public sealed class WarmupRecipeTests
{
    private readonly WarmupRecipe _recipe = new();

    [Fact]
    public void The_rate_rises_holds_and_falls_to_a_fiftieth()
    {
        Assert.True(_recipe.RateAt(0) < _recipe.RateAt(_recipe.RiseUpdates - 1));
        Assert.Equal(_recipe.LearningRate, _recipe.RateAt(_recipe.RiseUpdates), 12);
        Assert.Equal(_recipe.LearningRate, _recipe.RateAt((int)(_recipe.HoldShare * _recipe.Updates) - 1), 12);
        Assert.InRange(_recipe.RateAt(_recipe.Updates - 1), 0.02 * _recipe.LearningRate, 0.021 * _recipe.LearningRate);
    }

    [Fact]
    public void The_last_stage_is_the_task_of_the_default_run() => Assert.Equal(new Core.Data.TinyTaskSettings(), _recipe.Stages[^1].Task);
}
