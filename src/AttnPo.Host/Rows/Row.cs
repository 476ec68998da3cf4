using System.Text.Json;

namespace AttnPo.Host.Rows;

/// <summary>One object of a JSON Lines file. What is asked for and is not there, or is of another type, is a <see cref="RowException"/>.</summary>
internal readonly struct Row(JsonElement element)
{
    /// <summary>Whether a member is there and is not null.</summary>
    public bool Has(string name) => element.TryGetProperty(name, out var value) && value.ValueKind != JsonValueKind.Null;

    /// <summary>The row's id, text or number, to be written back as it came.</summary>
    public JsonElement Id() => Member("id") is { ValueKind: JsonValueKind.String or JsonValueKind.Number } id
        ? id.Clone() : throw new RowException("\"id\" is not a text or a number");

    /// <summary>A text.</summary>
    public string Text(string name)
    {
        var value = Member(name);
        if (value.ValueKind != JsonValueKind.String) throw new RowException($"\"{name}\" is not a text");
        try
        {
            return value.GetString()!;
        }
        catch (InvalidOperationException)
        {
            // JSON can escape half of a surrogate pair, which is no text.
            throw new RowException($"\"{name}\" is not valid Unicode");
        }
    }

    /// <summary>A whole number.</summary>
    public int Integer(string name) => Integer(name, Member(name));

    /// <summary>A list of whole numbers.</summary>
    public int[] Integers(string name)
    {
        var value = Member(name);
        if (value.ValueKind != JsonValueKind.Array) throw new RowException($"\"{name}\" is not a list of whole numbers");
        return [.. value.EnumerateArray().Select(item => Integer(name, item))];
    }

    /// <summary>A list of texts.</summary>
    public string[] Texts(string name)
    {
        var value = Member(name);
        if (value.ValueKind != JsonValueKind.Array || value.EnumerateArray().Any(item => item.ValueKind != JsonValueKind.String))
            throw new RowException($"\"{name}\" is not a list of texts");
        return [.. value.EnumerateArray().Select(item => item.GetString()!)];
    }

    /// <summary>A list of pairs of whole numbers.</summary>
    public (int Start, int End)[] Pairs(string name)
    {
        var value = Member(name);
        if (value.ValueKind != JsonValueKind.Array) throw new RowException($"\"{name}\" is not a list of [start, end]");
        return [.. value.EnumerateArray().Select(item => item.ValueKind == JsonValueKind.Array && item.GetArrayLength() == 2
            ? (Integer(name, item[0]), Integer(name, item[1]))
            : throw new RowException($"\"{name}\" is not a list of [start, end]"))];
    }

    private static int Integer(string name, JsonElement value) => value.ValueKind == JsonValueKind.Number && value.TryGetInt32(out var number)
        ? number : throw new RowException($"\"{name}\" holds something that is not a whole number");

    private JsonElement Member(string name) => element.TryGetProperty(name, out var value)
        ? value : throw new RowException($"\"{name}\" is missing");
}
