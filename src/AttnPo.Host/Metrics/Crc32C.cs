using System.Numerics;

namespace AttnPo.Host.Metrics;

/// <summary>CRC-32C (Castagnoli), the checksum of TFRecord frames.</summary>
internal static class Crc32C
{
    /// <summary>The plain checksum.</summary>
    public static uint Of(ReadOnlySpan<byte> data)
    {
        var crc = uint.MaxValue;
        foreach (var b in data) crc = BitOperations.Crc32C(crc, b);
        return ~crc;
    }

    /// <summary>The checksum as TFRecord stores it: rotated and offset, so that a checksum over data that holds checksums stays meaningful.</summary>
    public static uint Masked(ReadOnlySpan<byte> data) => BitOperations.RotateRight(Of(data), 15) + 0xA282EAD8;
}
