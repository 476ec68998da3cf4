using System.Text;
using System.Text.Json;

namespace AttnPo.Gpu.Checkpoints;

/// <summary>
/// JSON from outside, read token by token: no document is built of it, so that what it costs is its own bytes and what of it is
/// kept, and it is refused at the first token that cannot be meant.
/// </summary>
internal static class ForeignJson
{
    // Real headers and indexes have kilobytes; those of the largest models that are published a few megabytes.
    public const int LargestText = 16 << 20;

    // Names of tensors and files are shorter by far; what is longer only fills memory and messages.
    private const int LargestName = 512;
    private const int LongestShown = 40;

    public delegate T Parser<T>(ref Utf8JsonReader reader);

    /// <summary>Parses a text that must end with what the parser reads.</summary>
    /// <exception cref="InvalidDataException">It is not JSON.</exception>
    public static T Parse<T>(byte[] json, string file, string what, Parser<T> parse)
    {
        try
        {
            var reader = new Utf8JsonReader(json, new JsonReaderOptions { MaxDepth = 8 });
            reader.Read();
            var parsed = parse(ref reader);
            if (reader.Read()) throw new JsonException("there is more after its end");
            return parsed;
        }
        // Text that is no Unicode comes to light only where it is read.
        catch (Exception e) when (e is JsonException or InvalidOperationException)
        {
            throw new InvalidDataException($"{file}: {what} is not JSON: {e.Message}", e);
        }
    }

    /// <summary>The name of the property at which the reader stands; moves on to its value.</summary>
    public static string Name(ref Utf8JsonReader reader, string file)
    {
        RequireLength(ref reader, file);
        var name = reader.GetString()!;
        reader.Read();
        foreach (var letter in name)
            if (char.IsControl(letter)) throw new InvalidDataException($"{file}: a name holds control characters; expected text");
        return name;
    }

    /// <summary>The text at which the reader stands; null where it stands at something else.</summary>
    public static string? Text(ref Utf8JsonReader reader, string file)
    {
        if (reader.TokenType != JsonTokenType.String) return null;
        RequireLength(ref reader, file);
        return reader.GetString();
    }

    /// <summary>What the reader stands at, for a message: short, however long it is there.</summary>
    public static string Shown(ref Utf8JsonReader reader)
    {
        var text = Encoding.UTF8.GetString(reader.ValueSpan[..Math.Min(reader.ValueSpan.Length, LongestShown)]);
        return reader.ValueSpan.Length > LongestShown ? $"{text}..." : text;
    }

    private static void RequireLength(ref Utf8JsonReader reader, string file)
    {
        if (reader.ValueSpan.Length <= LargestName) return;
        throw new InvalidDataException(
            $"{file}: \"{Shown(ref reader)}\" has {reader.ValueSpan.Length} bytes; expected a name of at most {LargestName}");
    }
}
