using static TorchSharp.torch;

namespace AttnPo.Gpu.Model;

/// <summary>
/// How far each pair of a head's components turns from one position to the next. All of it is rounded to 32 bits where the
/// reference implementations round: at high positions a last place of a frequency is a visible angle.
/// </summary>
internal static class RotaryFrequencies
{
    /// <summary>A frequency for each pair.</summary>
    public static float[] Of(ModelConfig config)
    {
        using var gradients = no_grad();
        using var scope = NewDisposeScope();
        // The power is left to the tensor library, for whose last places models were trained.
        var exponents = arange(0, config.HeadSize, 2, float32, CPU).div(config.HeadSize);
        var frequencies = tensor((float)config.RopeTheta).pow(exponents).reciprocal().data<float>().ToArray();
        return config.RopeScaling is { } scaling ? Array.ConvertAll(frequencies, f => Scaled(f, scaling)) : frequencies;
    }

    private static float Scaled(float frequency, RopeScaling scaling)
    {
        var (factor, low) = ((float)scaling.Factor, (float)scaling.LowFrequencyFactor);
        var wave = 1 / frequency * (2 * MathF.PI);
        if (wave < (float)(scaling.OriginalMaxPositions / scaling.HighFrequencyFactor)) return frequency;
        if (wave > (float)(scaling.OriginalMaxPositions / scaling.LowFrequencyFactor)) return frequency / factor;
        var share = (1 / wave * scaling.OriginalMaxPositions - low) / (float)(scaling.HighFrequencyFactor - scaling.LowFrequencyFactor);
        return (1 - share) * frequency / factor + share * frequency;
    }
}
