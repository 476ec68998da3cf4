using System.Globalization;

namespace AttnPo.Host.Models;

/// <summary>Sizes as people and Hugging Face's tools write them: 500MB, 5GB, 4GiB, or bytes alone.</summary>
internal static class ByteSize
{
    /// <summary>The form, for messages.</summary>
    public const string Expected = "bytes, e.g. 5GB, 500MB, 4GiB";

    private static readonly (string Unit, long Bytes)[] Units =
    [
        ("KiB", 1L << 10), ("MiB", 1L << 20), ("GiB", 1L << 30), ("KB", 1000), ("MB", 1000 * 1000), ("GB", 1000 * 1000 * 1000), ("", 1),
    ];

    /// <summary>The number of bytes, at least one; null where the text is no size.</summary>
    public static long? Parse(string text)
    {
        var (unit, bytes) = Units.First(unit => text.EndsWith(unit.Unit, StringComparison.OrdinalIgnoreCase));
        var number = text[..^unit.Length].TrimEnd();
        var isNumber = long.TryParse(number, NumberStyles.None, CultureInfo.InvariantCulture, out var count);
        return isNumber && count > 0 && count <= long.MaxValue / bytes ? count * bytes : null;
    }
}
