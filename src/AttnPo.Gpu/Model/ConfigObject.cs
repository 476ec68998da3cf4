using System.Text.Json;

namespace AttnPo.Gpu.Model;

/// <summary>An object of a configuration file. A key whose value is null counts as absent; complaints name the file.</summary>
internal readonly struct ConfigObject(JsonElement element, string file)
{
    public JsonElement? Present(string key) =>
        element.TryGetProperty(key, out var value) && value.ValueKind != JsonValueKind.Null ? value : null;

    public int Integer(string key, int? fallback = null)
    {
        if (Present(key) is not { } value) return fallback ?? throw Missing(key);
        return value.ValueKind == JsonValueKind.Number && value.TryGetInt32(out var number)
            ? number
            : throw Error($"{key} is {value}; expected a whole number");
    }

    public double Number(string key, double? fallback = null)
    {
        if (Present(key) is not { } value) return fallback ?? throw Missing(key);
        return value.ValueKind == JsonValueKind.Number && value.TryGetDouble(out var number)
            ? number
            : throw Error($"{key} is {value}; expected a number");
    }

    /// <summary>Absent means false.</summary>
    public bool Flag(string key) => Present(key) is { } value && value.ValueKind switch
    {
        JsonValueKind.True => true,
        JsonValueKind.False => false,
        _ => throw Error($"{key} is {value}; expected true or false"),
    };

    /// <summary>Null: the key is absent.</summary>
    public ConfigObject? Object(string key) => Present(key) is not { } value ? null
        : value.ValueKind == JsonValueKind.Object ? new ConfigObject(value, file)
        : throw Error($"{key} is {value}; expected an object");

    /// <summary>The elements as text; null: the key is absent.</summary>
    public string[]? Texts(string key) => Present(key) is not { } value ? null
        : value.ValueKind == JsonValueKind.Array ? [.. value.EnumerateArray().Select(v => v.ToString())]
        : throw Error($"{key} is {value}; expected a list");

    /// <summary>Keys whose values are objects.</summary>
    public IEnumerable<string> KeysOfObjects =>
        element.EnumerateObject().Where(p => p.Value.ValueKind == JsonValueKind.Object).Select(p => p.Name);

    public InvalidDataException Error(string message) => new($"{file}: {message}");

    private InvalidDataException Missing(string key) => Error($"{key} is missing");
}
