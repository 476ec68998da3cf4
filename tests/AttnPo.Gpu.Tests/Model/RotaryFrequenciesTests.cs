using AttnPo.Gpu.Model;
using Xunit;

namespace AttnPo.Gpu.Tests.Model;

public sealed class RotaryFrequenciesTests
{
    private static readonly ModelConfig Config = new(4096, 64, 1, 32, 8, 128, 32, 1 << 17, 1e-5, 5e5, TiedHead: true);

    [Fact]
    public void Frequencies_fall_by_equal_ratios()
    {
        var frequencies = RotaryFrequencies.Of(Config);
        Assert.Equal(64, frequencies.Length);
        for (var i = 0; i < 64; i++) Assert.Equal(1, frequencies[i] / Math.Pow(5e5, -i / 64.0), 1e-6);
    }

    [Fact]
    public void Scaling_keeps_short_waves_slows_long_ones_and_blends_those_between()
    {
        var plain = RotaryFrequencies.Of(Config);
        var scaled = RotaryFrequencies.Of(Config with { RopeScaling = new RopeScaling(8, 1, 4, 8192) });
        var blended = 0;
        for (var i = 0; i < plain.Length; i++)
        {
            var wave = 2 * Math.PI / plain[i];
            if (wave < 2048) Assert.Equal(plain[i], scaled[i]);
            else if (wave > 8192) Assert.Equal(plain[i] / 8, scaled[i]);
            else
            {
                blended++;
                var share = (8192 / wave - 1) / 3;
                Assert.Equal(1, scaled[i] / ((1 - share) * plain[i] / 8 + share * plain[i]), 1e-6);
            }
        }
        Assert.Equal(6, blended);
    }
}
