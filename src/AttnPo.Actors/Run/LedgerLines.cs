using System.Text.Encodings.Web;
using System.Text.Json;
using AttnPo.Actors.Protocol;

namespace AttnPo.Actors.Run;

/// <summary>Lines of JSON as the files of the ledger have them.</summary>
internal static class LedgerLines
{
    // Responses are read by people: escaped is only what JSON itself needs, and what lies beyond the first 65,536 code points.
    private static readonly JsonWriterOptions Options = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    /// <summary>Writes one object and its line end.</summary>
    public static void Write(Stream file, Action<Utf8JsonWriter> members)
    {
        using (var json = new Utf8JsonWriter(file, Options))
        {
            json.WriteStartObject();
            members(json);
            json.WriteEndObject();
        }
        file.WriteByte((byte)'\n');
    }

    /// <summary>The objects of a file, in order.</summary>
    public static IEnumerable<JsonElement> Read(ReadOnlyMemory<byte> content)
    {
        while (!content.IsEmpty)
        {
            var end = content.Span.IndexOf((byte)'\n');
            if (end < 0) throw new InvalidDataException("The last line has no end.");
            using var line = JsonDocument.Parse(content[..end]);
            yield return line.RootElement;
            content = content[(end + 1)..];
        }
    }

    /// <summary>A word of an enumeration, as files have it: snake_case.</summary>
    public static string Word<T>(T value)
        where T : struct, Enum => JsonNamingPolicy.SnakeCaseLower.ConvertName(value.ToString());

    /// <summary>What <see cref="Word"/> wrote.</summary>
    public static T Value<T>(JsonElement word)
        where T : struct, Enum
    {
        foreach (var value in Enum.GetValues<T>())
            if (word.ValueEquals(Word(value))) return value;
        throw new InvalidDataException($"\"{word.GetString()}\" is no {typeof(T).Name}.");
    }

    /// <summary>The group that a line belongs to.</summary>
    public static GroupId GroupOf(JsonElement line) => GroupId.Parse(line.GetProperty("group").GetString()!);

    public static void WriteIds(Utf8JsonWriter json, string name, IReadOnlyList<int> ids)
    {
        json.WriteStartArray(name);
        foreach (var id in ids) json.WriteNumberValue(id);
        json.WriteEndArray();
    }

    public static int[] ReadIds(JsonElement ids) => [.. ids.EnumerateArray().Select(id => id.GetInt32())];
}
