using System.Text.Json;
using System.Text.Unicode;

namespace AttnPo.Core.Data.Rows;

/// <summary>Rows of JSON Lines. Empty lines are no rows; a mark of the byte order is none of a line's.</summary>
/// <param name="name">What errors call the file.</param>
/// <param name="open">Opens it, at each reading.</param>
public sealed class JsonLines(string name, Func<Stream> open) : IRowSource
{
    /// <summary>Longest line in bytes: a file that is not JSON Lines is refused before it fills memory.</summary>
    private const int MaxLineBytes = 256 << 20;

    /// <summary>Rows of a plain file.</summary>
    public JsonLines(string path) : this(path, () => new FileStream(PlainFile.Open(path), FileAccess.Read, 1)) { }

    /// <inheritdoc/>
    public IEnumerable<SourceRow> Read()
    {
        using var stream = open();
        var number = 0L;
        foreach (var line in Lines(stream))
        {
            number++;
            if (line.AsSpan().Trim(" \t\r"u8).IsEmpty) continue;
            var (document, fault) = Parse(line);
            using (document) yield return new($"{name}:{number}", number, document is null ? default : new(document.RootElement), fault);
        }
    }

    // Of a member that stands there twice nobody knows which is meant.
    private static readonly JsonDocumentOptions Strict = new() { AllowDuplicateProperties = false };

    private static (JsonDocument? Document, string? Fault) Parse(byte[] line)
    {
        // The JSON reader looks at the bytes of a text only when it is asked for.
        if (!Utf8.IsValid(line)) return (null, "not valid UTF-8");
        try
        {
            var document = JsonDocument.Parse(line, Strict);
            if (document.RootElement.ValueKind == JsonValueKind.Object) return (document, null);
            document.Dispose();
            return (null, "expected a JSON object");
        }
        catch (InvalidOperationException)
        {
            return (null, "a member's name is not valid Unicode");
        }
        catch (JsonException e)
        {
            return (null, "not JSON: " + e.Message.ReplaceLineEndings(" "));
        }
    }

    private IEnumerable<byte[]> Lines(Stream stream)
    {
        var pending = new MemoryStream();
        var buffer = new byte[1 << 16];
        for (int count; (count = Next(stream, buffer)) > 0;)
        {
            var start = 0;
            for (int end; (end = buffer.AsSpan(start, count - start).IndexOf((byte)'\n')) >= 0; start += end + 1)
            {
                pending.Write(buffer, start, end);
                yield return WithoutMark(pending.ToArray());
                pending.SetLength(0);
            }

            pending.Write(buffer, start, count - start);
            if (pending.Length > MaxLineBytes)
                throw new InvalidDataException($"{name}: a line is longer than {MaxLineBytes} bytes: not a JSON Lines file");
        }

        if (pending.Length > 0) yield return WithoutMark(pending.ToArray());
    }

    private int Next(Stream stream, byte[] buffer)
    {
        try
        {
            return stream.Read(buffer);
        }
        catch (IOException e)
        {
            throw new InvalidDataException($"{name}: cannot be read: {e.Message}", e);
        }
    }

    private static byte[] WithoutMark(byte[] line) => line is [0xEF, 0xBB, 0xBF, .. var rest] ? rest : line;
}
