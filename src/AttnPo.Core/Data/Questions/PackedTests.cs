using System.Buffers.Binary;
using System.IO.Compression;
using System.Text;
using AttnPo.Core.Data.Rows;

namespace AttnPo.Core.Data.Questions;

/// <summary>
/// LiveCodeBench's hidden tests: base64 of a zlib stream of a Python pickle of one text. A pickle is a program, and none is run here: of
/// its instructions only those that one text takes are understood.
/// </summary>
internal static class PackedTests
{
    // The published ones stay far below.
    private const int MostBytes = 256 << 20;

    private static readonly UTF8Encoding Strict = new(false, throwOnInvalidBytes: true);

    /// <summary>The text inside.</summary>
    public static string Unpack(string member, string packed)
    {
        try
        {
            return Text(Inflate(Convert.FromBase64String(packed)), member);
        }
        catch (Exception e) when (e is FormatException or InvalidDataException or ArgumentException or IndexOutOfRangeException)
        {
            throw new RowException($"\"{member}\" is neither a list of tests nor one that is packed as LiveCodeBench packs it");
        }
    }

    private static ReadOnlySpan<byte> Inflate(byte[] packed)
    {
        using var zlib = new ZLibStream(new MemoryStream(packed), CompressionMode.Decompress);
        using var plain = new MemoryStream();
        var buffer = new byte[1 << 16];
        for (int count; (count = zlib.Read(buffer)) > 0;)
        {
            plain.Write(buffer, 0, count);
            if (plain.Length > MostBytes) throw new InvalidDataException("Too long.");
        }
        return plain.GetBuffer().AsSpan(0, (int)plain.Length);
    }

    private static string Text(ReadOnlySpan<byte> pickle, string member)
    {
        var at = 0;
        string? text = null;
        while (at < pickle.Length)
        {
            switch (pickle[at++])
            {
                case 0x80: // protocol
                    at++;
                    break;
                case 0x95: // frame
                    at += 8;
                    break;
                case 0x94: // memoize
                    break;
                case (byte)'q': // put
                    at++;
                    break;
                case 0x8C: // text of up to 255 bytes
                    text = Strict.GetString(pickle.Slice(at + 1, pickle[at]));
                    at += 1 + pickle[at];
                    break;
                case (byte)'X': // text of up to 4 GB
                    var length = BinaryPrimitives.ReadInt32LittleEndian(pickle[at..]);
                    text = Strict.GetString(pickle.Slice(at + 4, length));
                    at += 4 + length;
                    break;
                case (byte)'.' when text is not null:
                    return text;
                default:
                    throw new RowException($"\"{member}\" holds a pickle of something else than a text");
            }
            if (at > pickle.Length) break;
        }
        throw new InvalidDataException("It ends too early.");
    }
}
