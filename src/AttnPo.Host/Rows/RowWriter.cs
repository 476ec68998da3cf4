using System.Text.Encodings.Web;
using System.Text.Json;

namespace AttnPo.Host.Rows;

/// <summary>Writes JSON Lines: one object a line, UTF-8. The file appears whole when <see cref="Commit"/> is called.</summary>
internal sealed class RowWriter(string path) : IDisposable
{
    // Numbers and text as they are: the rows are read by programs, not embedded in pages.
    private static readonly JsonWriterOptions Compact = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    private readonly WholeFile _file = new(path);

    /// <summary>Rows written so far.</summary>
    public long Rows { get; private set; }

    /// <summary>Writes one object; <paramref name="members"/> writes what stands between its braces.</summary>
    public void Write(Action<Utf8JsonWriter> members)
    {
        using (var json = new Utf8JsonWriter(_file.Stream, Compact))
        {
            json.WriteStartObject();
            members(json);
            json.WriteEndObject();
        }

        _file.Stream.WriteByte((byte)'\n');
        Rows++;
    }

    /// <summary>Makes the rows visible.</summary>
    public void Commit() => _file.Commit();

    /// <summary>Takes back rows that were not committed.</summary>
    public void Dispose() => _file.Dispose();

    /// <summary>One object as a line of text, for standard output.</summary>
    public static string Line(Action<Utf8JsonWriter> members)
    {
        using var buffer = new MemoryStream();
        using (var json = new Utf8JsonWriter(buffer, Compact))
        {
            json.WriteStartObject();
            members(json);
            json.WriteEndObject();
        }

        return System.Text.Encoding.UTF8.GetString(buffer.GetBuffer(), 0, (int)buffer.Length);
    }
}
