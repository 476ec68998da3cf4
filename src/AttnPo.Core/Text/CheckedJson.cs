using System.Text.Json;

namespace AttnPo.Core.Text;

/// <summary>Reads JSON from outside into a definition: every value is of the kind that was asked for, or a fault that names it.</summary>
internal sealed class CheckedJson(TokenizerDefinition definition)
{
    /// <summary>Ids index arrays; the largest published vocabularies end below 300,000.</summary>
    public const int LargestId = (1 << 22) - 1;

    /// <summary>Hands the root of a file, an object, to a reader.</summary>
    public void Read(string path, Action<JsonElement> read)
    {
        try
        {
            using var document = JsonDocument.Parse(definition.BytesOf(path));
            if (document.RootElement.ValueKind != JsonValueKind.Object)
                throw definition.Fault($"the root of {Path.GetFileName(path)} is no object");
            read(document.RootElement);
        }
        catch (JsonException fault)
        {
            throw definition.Fault($"{Path.GetFileName(path)} is no valid JSON: {fault.Message}");
        }
        catch (InvalidOperationException fault)
        {
            // What JsonElement throws for a string that is no well-formed UTF-16.
            throw definition.Fault($"{Path.GetFileName(path)} holds a value that cannot be read: {fault.Message}");
        }
    }

    /// <summary>A member of the wanted kind; an undefined element when it is optional and absent or null.</summary>
    public JsonElement Member(JsonElement parent, string name, JsonValueKind kind, bool optional = false)
    {
        if (parent.ValueKind != JsonValueKind.Object) throw definition.Fault($"what should hold {name} is no object");
        var present = parent.TryGetProperty(name, out var value) && value.ValueKind != JsonValueKind.Null;
        if (!present) return optional ? default : throw definition.Fault($"{name} is missing");
        return value.ValueKind == kind ? value : throw definition.Fault($"{name} is of kind {value.ValueKind}, not {kind}");
    }

    /// <summary>A text; null when it is optional and absent or null.</summary>
    public string? Text(JsonElement parent, string name, bool optional)
    {
        var value = Member(parent, name, JsonValueKind.String, optional);
        return value.ValueKind == JsonValueKind.Undefined ? null : value.GetString();
    }

    /// <summary>A boolean.</summary>
    public bool Flag(JsonElement parent, string name, bool whenAbsent = false)
    {
        if (!parent.TryGetProperty(name, out var value) || value.ValueKind == JsonValueKind.Null) return whenAbsent;
        return value.ValueKind is JsonValueKind.True or JsonValueKind.False
            ? value.GetBoolean() : throw definition.Fault($"{name} is no boolean");
    }

    /// <summary>A token's id.</summary>
    public int Id(JsonElement value, string where) =>
        value.ValueKind == JsonValueKind.Number && value.TryGetInt32(out var id) && id is >= 0 and <= LargestId
            ? id
            : throw definition.Fault($"{where} is no id from 0 to {LargestId}");

    /// <summary>The vocabulary: an object of entries and their ids.</summary>
    public void ReadVocabulary(JsonElement entries, string name)
    {
        foreach (var entry in entries.EnumerateObject())
        {
            if (entry.Name.Length == 0) throw definition.Fault($"{name} has an empty entry");
            definition.Vocabulary[entry.Name] = Id(entry.Value, $"{name}[\"{entry.Name}\"]");
        }
    }

    /// <summary>An added token as an object with content and flags; its id stands there or elsewhere.</summary>
    public void ReadAddedToken(JsonElement token, int id)
    {
        var content = Text(token, "content", optional: false)!;
        if (content.Length == 0) throw definition.Fault("an added token has no content");
        foreach (var flag in (string[])["single_word", "lstrip", "rstrip"])
        {
            if (Flag(token, flag)) throw definition.Fault($"{flag} of added token {content} is not supported");
        }
        definition.Added[content] = id;
    }
}

/// <summary>JSON arrays as lists.</summary>
internal static class JsonElements
{
    /// <summary>An array's items; none for an undefined element.</summary>
    public static IReadOnlyList<JsonElement> Items(this JsonElement array) =>
        array.ValueKind == JsonValueKind.Array ? [.. array.EnumerateArray()] : [];
}
