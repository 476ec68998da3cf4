using System.Text;
using System.Text.Json;

namespace AttnPo.Gpu.Checkpoints;

/// <summary>The type of the weights as <c>config.json</c> names it, for the tools that load them in that type.</summary>
internal static class ConfigDtype
{
    // Newer files have the shorter name.
    private static readonly string[] Keys = ["torch_dtype", "dtype"];

    /// <summary>The type that a configuration names; 32-bit floats where it names none.</summary>
    /// <exception cref="InvalidDataException">It names one that is not written here.</exception>
    public static ElementType Read(byte[] config, string file)
    {
        var found = Places(config).FirstOrDefault(place => place.Value != "null");
        if (found is null) return ElementTypes.F32;
        return ElementTypes.FindConfigName(found.Value.Trim('"'))
            ?? throw new InvalidDataException(
                $"{file}: {found.Key} is {found.Value}; expected one of {ElementTypes.ConfigNames}, or a choice of another");
    }

    /// <summary>The same text, byte for byte, but for the type.</summary>
    public static byte[] Replace(byte[] config, ElementType type)
    {
        var value = $"\"{type.ConfigName}\"";
        var places = Places(config);
        using var written = new MemoryStream();
        var copied = 0;
        foreach (var place in places)
        {
            written.Write(config.AsSpan(copied..place.Start));
            written.Write(Encoding.UTF8.GetBytes(value));
            copied = place.End;
        }
        // A configuration that names none means 32-bit floats, and needs to say so no more than before.
        if (places.Count == 0 && type != ElementTypes.F32)
        {
            copied = Array.IndexOf(config, (byte)'{') + 1;
            written.Write(config.AsSpan(..copied));
            written.Write(Encoding.UTF8.GetBytes($"\n  \"{Keys[0]}\": {value},"));
        }
        written.Write(config.AsSpan(copied..));
        return written.ToArray();
    }

    private static List<Place> Places(byte[] config)
    {
        var places = new List<Place>();
        var reader = new Utf8JsonReader(config);
        while (reader.Read())
        {
            if (reader.TokenType != JsonTokenType.PropertyName || reader.CurrentDepth != 1) continue;
            var key = reader.ValueTextEquals(Keys[0]) ? Keys[0] : reader.ValueTextEquals(Keys[1]) ? Keys[1] : null;
            reader.Read();
            var start = (int)reader.TokenStartIndex;
            reader.Skip();
            var end = (int)reader.BytesConsumed;
            if (key is not null) places.Add(new Place(key, start, end, Encoding.UTF8.GetString(config.AsSpan(start..end))));
        }
        return places;
    }

    private sealed record Place(string Key, int Start, int End, string Value);
}
