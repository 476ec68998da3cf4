using AttnPo.Actors.Pipeline;
using Xunit;

namespace AttnPo.Actors.Tests.Pipeline;

public sealed class LearningRateScheduleTests
{
    [Fact]
    public void A_constant_rate_stays() =>
        Assert.All([1, 5, 500], step => Assert.Equal(3.0, new LearningRateSchedule { Peak = 3 }.At(step, 5)));

    [Fact]
    public void A_linear_rate_begins_at_its_peak_and_would_be_0_after_the_last_step()
    {
        var schedule = new LearningRateSchedule { Peak = 4, Decay = LearningRateDecay.Linear };
        Assert.Equal([4.0, 3, 2, 1, 0], Enumerable.Range(1, 5).Select(step => schedule.At(step, 4)));
    }

    [Fact]
    public void A_cosine_rate_is_half_of_its_peak_in_the_middle()
    {
        var schedule = new LearningRateSchedule { Peak = 4, Decay = LearningRateDecay.Cosine };
        Assert.Equal(4, schedule.At(1, 10), 12);
        Assert.Equal(2, schedule.At(6, 10), 12);
        Assert.Equal(0, schedule.At(11, 10), 12);
    }

    [Fact]
    public void Warm_up_rises_evenly_to_the_peak_and_the_decay_spans_the_rest()
    {
        var schedule = new LearningRateSchedule { Peak = 4, Decay = LearningRateDecay.Linear, WarmupSteps = 2 };
        Assert.Equal([2.0, 4, 4, 2], Enumerable.Range(1, 4).Select(step => schedule.At(step, 4)));
    }
}
