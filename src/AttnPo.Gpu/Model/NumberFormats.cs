using static TorchSharp.torch;

namespace AttnPo.Gpu.Model;

/// <summary>What the tensor library calls the formats.</summary>
internal static class NumberFormats
{
    public static ScalarType ScalarType(this NumberFormat format) => format switch
    {
        NumberFormat.Float32 => TorchSharp.torch.ScalarType.Float32,
        NumberFormat.BFloat16 => TorchSharp.torch.ScalarType.BFloat16,
        _ => throw new ArgumentOutOfRangeException(nameof(format), format, "unknown number format"),
    };
}
