using System.Text.Json;

namespace AttnPo.Core.Verification.Code;

/// <summary>
/// Compares what a program wrote with what it should. Of a whole program: white space at the ends of all of it and of each line does
/// not count, nor how lines end; there must be as many lines; a line is right where its text is the same, or where it has as many words,
/// all words of both are decimal numbers, and each has the same value, exactly (1.50 is 1.5, 1e3 is 1000, 0.333 is not 0.3333). Of a
/// function: its result as JSON, where numbers have the same value, or the same as 64-bit floats where one of them is written as a
/// fraction.
/// </summary>
public static class ProgramOutput
{
    private const int LongestShown = 60;

    /// <summary>The first difference between two outputs, in a few words; null where there is none.</summary>
    public static string? Difference(string expected, string actual)
    {
        var (should, does) = (Lines(expected), Lines(actual));
        for (var i = 0; i < Math.Min(should.Length, does.Length); i++)
            if (!IsSameLine(should[i], does[i])) return $"line {i + 1} is \"{Short(does[i])}\", not \"{Short(should[i])}\"";
        return should.Length == does.Length ? null : $"{does.Length} lines, not {should.Length}";
    }

    /// <summary>The difference between two results in JSON, in a few words; null where there is none.</summary>
    public static string? ResultDifference(string expected, string actual)
    {
        try
        {
            using JsonDocument should = JsonDocument.Parse(expected), does = JsonDocument.Parse(actual);
            if (IsSame(should.RootElement, does.RootElement)) return null;
        }
        catch (JsonException)
        {
            // Python writes NaN and Infinity, which are no JSON; what is cut off is none either.
        }
        return $"the result is {Short(actual)}, not {Short(expected)}";
    }

    private static string[] Lines(string text) => [.. text.Trim().Split('\n').Select(line => line.Trim())];

    private static bool IsSameLine(string expected, string actual)
    {
        if (expected == actual) return true;
        var (should, does) = (Words(expected), Words(actual));
        return should.Length == does.Length && should.Zip(does).All(pair =>
            DecimalValue.Parse(pair.First) is { } one && DecimalValue.Parse(pair.Second) is { } other && one == other);
    }

    private static string[] Words(string line) => line.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries);

    private static bool IsSame(JsonElement expected, JsonElement actual)
    {
        if (expected.ValueKind != actual.ValueKind) return false;
        return expected.ValueKind switch
        {
            JsonValueKind.Number => IsSameNumber(expected, actual),
            JsonValueKind.String => expected.GetString() == actual.GetString(),
            JsonValueKind.Array => expected.GetArrayLength() == actual.GetArrayLength()
                && expected.EnumerateArray().Zip(actual.EnumerateArray()).All(pair => IsSame(pair.First, pair.Second)),
            JsonValueKind.Object => expected.GetPropertyCount() == actual.GetPropertyCount()
                && expected.EnumerateObject().All(
                    member => actual.TryGetProperty(member.Name, out var other) && IsSame(member.Value, other)),
            _ => true,
        };
    }

    private static bool IsSameNumber(JsonElement expected, JsonElement actual)
    {
        var (should, does) = (expected.GetRawText(), actual.GetRawText());
        if (DecimalValue.Parse(should) is { } one && DecimalValue.Parse(does) is { } other && one == other) return true;
        return (should + does).AsSpan().ContainsAny('.', 'e', 'E') && expected.GetDouble().Equals(actual.GetDouble());
    }

    private static string Short(string text) => text.Length <= LongestShown ? text : text[..LongestShown] + "...";
}
