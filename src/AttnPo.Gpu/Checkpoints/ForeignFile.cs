using Microsoft.Win32.SafeHandles;

namespace AttnPo.Gpu.Checkpoints;

/// <summary>Reads files from outside, which may be shorter than they said.</summary>
internal static class ForeignFile
{
    /// <summary>Reads exactly these bytes of a file.</summary>
    /// <exception cref="InvalidDataException">It ends before them, although it was longer when it was opened.</exception>
    public static void ReadExactly(SafeFileHandle handle, Span<byte> target, long position, string file)
    {
        while (target.Length > 0)
        {
            var count = RandomAccess.Read(handle, target, position);
            if (count == 0)
            {
                throw new InvalidDataException(
                    $"{file}: ends at byte {position}; expected {target.Length} more, which it had when it was opened");
            }
            target = target[count..];
            position += count;
        }
    }
}
