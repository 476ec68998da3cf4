using AttnPo.Actors.Pipeline;
using CsCheck;
using Xunit;

namespace AttnPo.Actors.Tests.Pipeline;

[Trait("Contract", "C6")]
public sealed class WaveWindowTests
{
    [Fact]
    public void What_is_asked_for_and_held_never_exceeds_the_window_and_all_waves_are_asked_for_once() =>
        Gen.Select(Gen.Int[1, 5], Gen.Int[0, 20], Gen.Bool.Array[100]).Sample((size, waves, receives) =>
        {
            var window = new WaveWindow(size, waves);
            var asked = 0;
            foreach (var receive in receives)
            {
                asked += window.Ask();
                Assert.InRange(window.Outstanding + window.InHand, 0, size);
                if (receive && window.Outstanding > 0) window.Receive();
                else if (window.InHand > 0) window.Release();
            }
            Assert.InRange(asked, 0, waves);
            Assert.Equal(window.Done == waves, window.IsComplete);
        });

    [Fact]
    public void A_wave_that_was_not_asked_for_is_refused()
    {
        var window = new WaveWindow(2, 3);
        Assert.Throws<InvalidOperationException>(window.Receive);
    }
}
