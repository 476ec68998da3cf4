using System.Text.Json;

namespace AttnPo.Host.Rows;

/// <summary>Lists of numbers as rows hold them. JSON has no infinity: a number that is not finite becomes null.</summary>
internal static class JsonNumbers
{
    /// <summary>Writes whole numbers.</summary>
    public static void WriteNumbers(this Utf8JsonWriter json, string name, IEnumerable<int> numbers)
    {
        json.WriteStartArray(name);
        foreach (var number in numbers) json.WriteNumberValue(number);
        json.WriteEndArray();
    }

    /// <summary>Writes single-precision numbers, in the shortest form that reads back the same.</summary>
    public static void WriteNumbers(this Utf8JsonWriter json, string name, IEnumerable<float> numbers)
    {
        json.WriteStartArray(name);
        foreach (var number in numbers)
            if (float.IsFinite(number)) json.WriteNumberValue(number);
            else json.WriteNullValue();
        json.WriteEndArray();
    }

    /// <summary>Writes double-precision numbers, in the shortest form that reads back the same.</summary>
    public static void WriteNumbers(this Utf8JsonWriter json, string name, IEnumerable<double> numbers)
    {
        json.WriteStartArray(name);
        foreach (var number in numbers)
            if (double.IsFinite(number)) json.WriteNumberValue(number);
            else json.WriteNullValue();
        json.WriteEndArray();
    }
}
