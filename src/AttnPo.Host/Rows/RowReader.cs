using System.Text.Json;
using System.Text.Unicode;

namespace AttnPo.Host.Rows;

/// <summary>
/// Reads JSON Lines. A row that cannot be read, or whose content the command refuses with a <see cref="RowException"/>, stops
/// the command with file and line number; with <paramref name="skipBad"/> such rows are counted and left out.
/// </summary>
/// <param name="path">The file; - is standard input.</param>
/// <param name="skipBad">Whether --skip-bad was given; null for a command that has no such option.</param>
internal sealed class RowReader(string path, bool? skipBad)
{
    /// <summary>Longest line in bytes: a file that is not JSON Lines is refused before it fills memory.</summary>
    private const int MaxLineBytes = 256 << 20;

    private string Name => path == "-" ? "standard input" : path;

    /// <summary>Rows left out so far.</summary>
    public long Skipped { get; private set; }

    /// <summary>The first reason for which a row was left out, with its line.</summary>
    public string? FirstSkipped { get; private set; }

    /// <summary>Reads all rows in order; <paramref name="read"/> makes a row of an object. Empty lines are no rows.</summary>
    public IEnumerable<T> Read<T>(Func<Row, T> read)
    {
        using var stream = Open();
        var number = 0;
        foreach (var line in Lines(stream))
        {
            number++;
            if (line.AsSpan().Trim(" \t\r"u8).IsEmpty) continue;
            T row;
            try
            {
                // The JSON reader looks at the bytes of a text only when it is asked for.
                if (!Utf8.IsValid(line)) throw new RowException("not valid UTF-8");
                using var document = JsonDocument.Parse(line);
                if (document.RootElement.ValueKind != JsonValueKind.Object) throw new RowException("expected a JSON object");
                row = read(new(document.RootElement));
            }
            catch (Exception e) when (e is JsonException or RowException)
            {
                var reason = $"{Name}:{number}: {(e is JsonException ? "not JSON: " + OneLine(e.Message) : e.Message)}";
                if (skipBad != true)
                    throw new WorkFailedException($"{reason}; mend the row{(skipBad is null ? "" : ", or leave such rows out with --skip-bad")}");
                Skipped++;
                FirstSkipped ??= reason;
                continue;
            }

            yield return row;
        }
    }

    private Stream Open()
    {
        if (path == "-") return Console.OpenStandardInput();
        try
        {
            return new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite, 1 << 16);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new WorkFailedException($"{path}: cannot be read: {e.Message}");
        }
    }

    private IEnumerable<byte[]> Lines(Stream stream)
    {
        var pending = new MemoryStream();
        var buffer = new byte[1 << 16];
        for (int count; (count = stream.Read(buffer)) > 0;)
        {
            var start = 0;
            for (int end; (end = buffer.AsSpan(start, count - start).IndexOf((byte)'\n')) >= 0; start += end + 1)
            {
                pending.Write(buffer, start, end);
                yield return WithoutMark(pending.ToArray());
                pending.SetLength(0);
            }

            pending.Write(buffer, start, count - start);
            if (pending.Length > MaxLineBytes) throw new WorkFailedException($"{Name}: a line is longer than {MaxLineBytes} bytes: not a JSON Lines file");
        }

        if (pending.Length > 0) yield return WithoutMark(pending.ToArray());
    }

    private static byte[] WithoutMark(byte[] line) => line is [0xEF, 0xBB, 0xBF, .. var rest] ? rest : line;

    private static string OneLine(string text) => text.ReplaceLineEndings(" ");
}
