using System.Text.Json;

namespace AttnPo.Core.Data.Rows;

/// <summary>
/// One object of a file of rows. What is asked for and is not there, or is of another type, is a <see cref="RowException"/>. It is
/// there until the next row is read.
/// </summary>
public readonly struct Row(JsonElement element)
{
    /// <summary>Whether a member is there and is not null.</summary>
    public bool Has(string name) => Find(name) is { } value && value.ValueKind != JsonValueKind.Null;

    /// <summary>The names of its members that are not null, in the order of the file.</summary>
    public IEnumerable<string> Names()
    {
        foreach (var member in element.EnumerateObject())
        {
            if (member.Value.ValueKind == JsonValueKind.Null) continue;
            string name;
            try
            {
                name = member.Name;
            }
            catch (InvalidOperationException)
            {
                throw new RowException("a member's name is not valid Unicode");
            }
            yield return name;
        }
    }

    /// <summary>What kind of value a member is; undefined where it is not there.</summary>
    public JsonValueKind KindOf(string name) => Find(name)?.ValueKind ?? JsonValueKind.Undefined;

    /// <summary>A member that is not null, as it stands in the file.</summary>
    public JsonElement Member(string name) => Find(name) switch
    {
        null => throw new RowException($"\"{name}\" is missing"),
        { ValueKind: JsonValueKind.Null } => throw new RowException($"\"{name}\" is null"),
        { } value => value,
    };

    /// <summary>What is made of a member; why that is refused, by a <see cref="FormatException"/>, is told with its name.</summary>
    public T Parsed<T>(string name, Func<JsonElement, T> make)
    {
        try
        {
            return make(Member(name));
        }
        catch (FormatException e)
        {
            throw new RowException($"\"{name}\": {e.Message}");
        }
    }

    /// <summary>An object.</summary>
    public Row Object(string name) => Member(name) is { ValueKind: JsonValueKind.Object } value
        ? new(value) : throw new RowException($"\"{name}\" is not an object");

    /// <summary>A text that is not empty.</summary>
    public string FilledText(string name) =>
        Text(name) is { Length: > 0 } text ? text : throw new RowException($"\"{name}\" is empty");

    /// <summary>A text that is not empty, or a number as it is written.</summary>
    public string TextOrNumber(string name) => KindOf(name) == JsonValueKind.Number ? Member(name).GetRawText() : FilledText(name);

    /// <summary>The row's id, text or number, to be written back as it came.</summary>
    public JsonElement Id()
    {
        var id = Member("id");
        if (id.ValueKind is not (JsonValueKind.String or JsonValueKind.Number)) throw new RowException("\"id\" is not a text or a number");
        if (id.ValueKind == JsonValueKind.String) _ = Text("id", id);
        return id.Clone();
    }

    /// <summary>A text.</summary>
    public string Text(string name)
    {
        var value = Member(name);
        return value.ValueKind == JsonValueKind.String ? Text(name, value) : throw new RowException($"\"{name}\" is not a text");
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
        return [.. value.EnumerateArray().Select(item => Text(name, item))];
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

    /// <summary>A list of objects.</summary>
    public Row[] Rows(string name)
    {
        var value = Member(name);
        if (value.ValueKind != JsonValueKind.Array || value.EnumerateArray().Any(item => item.ValueKind != JsonValueKind.Object))
            throw new RowException($"\"{name}\" is not a list of objects");
        return [.. value.EnumerateArray().Select(item => new Row(item))];
    }

    private static int Integer(string name, JsonElement value) =>
        value.ValueKind == JsonValueKind.Number && value.TryGetInt32(out var number)
            ? number : throw new RowException($"\"{name}\" holds something that is not a whole number");

    private static string Text(string name, JsonElement value)
    {
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

    private JsonElement? Find(string name)
    {
        try
        {
            return element.TryGetProperty(name, out var value) ? value : null;
        }
        catch (InvalidOperationException)
        {
            throw new RowException("a member's name is not valid Unicode");
        }
    }
}
