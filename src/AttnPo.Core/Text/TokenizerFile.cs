using System.Text.Json;
using System.Text.RegularExpressions;

namespace AttnPo.Core.Text;

/// <summary>
/// Reads a <c>tokenizer.json</c> of byte-level BPE form. The file comes from outside: its size is checked before it is read, every value
/// before it is used, and whatever this reader does not implement is refused by name rather than read as something else.
/// </summary>
internal sealed class TokenizerFile
{
    /// <summary>The largest published files have some 20 MB.</summary>
    private const long LargestFile = 256L << 20;

    /// <summary>Ids index arrays; the largest published vocabularies end below 300,000.</summary>
    private const int LargestId = (1 << 22) - 1;

    /// <summary>Bounds what a hostile expression can cost; an honest one takes microseconds a match.</summary>
    private static readonly TimeSpan LongestMatch = TimeSpan.FromSeconds(30);

    /// <summary>What a ByteLevel pre-tokenizer splits by when it is told to use its own expression.</summary>
    private const string ByteLevelExpression =
        @"'s|'t|'re|'ve|'m|'ll|'d| ?\p{L}+| ?\p{N}+| ?[^\s\p{L}\p{N}]+|\s+(?!\S)|\s+";

    private readonly string _path;
    private bool _byteLevel;

    private TokenizerFile(string path) => _path = path;

    public Dictionary<string, int> Vocabulary { get; } = new(StringComparer.Ordinal);
    public List<(string Left, string Right)> Merges { get; } = [];
    public Dictionary<string, int> Added { get; } = new(StringComparer.Ordinal);
    public List<Regex> SplitExpressions { get; } = [];
    public bool NormalizesToFormC { get; private set; }
    public bool IgnoresMergesOfEntries { get; private set; }

    public static TokenizerFile Read(string path)
    {
        var file = new TokenizerFile(path);
        var size = new FileInfo(path).Length;
        if (size > LargestFile) throw file.Fault($"it has {size} bytes, more than the {LargestFile} a tokenizer may have");
        try
        {
            using var document = JsonDocument.Parse(File.ReadAllBytes(path));
            file.ReadRoot(document.RootElement);
        }
        catch (JsonException fault)
        {
            throw file.Fault($"it is no valid JSON: {fault.Message}");
        }
        catch (InvalidOperationException fault)
        {
            // What JsonElement throws for a string that is no well-formed UTF-16.
            throw file.Fault($"it holds a value that cannot be read: {fault.Message}");
        }
        return file;
    }

    public InvalidDataException Fault(string reason) => new($"{_path} is no usable tokenizer: {reason}.");

    private void ReadRoot(JsonElement root)
    {
        if (root.ValueKind != JsonValueKind.Object) throw Fault("its root is no object");
        var model = Member(root, "model", JsonValueKind.Object);
        ReadModel(model);
        foreach (var token in Member(root, "added_tokens", JsonValueKind.Array, optional: true).Items()) ReadAddedToken(token);
        ReadNormalizer(Member(root, "normalizer", JsonValueKind.Object, optional: true));
        ReadPreTokenizer(Member(root, "pre_tokenizer", JsonValueKind.Object), isLast: true);
        if (!_byteLevel) throw Fault("its pre_tokenizer does not end in ByteLevel, so it is not byte-level");
    }

    private void ReadModel(JsonElement model)
    {
        if (Text(model, "type", optional: true) is { } type && type != "BPE") throw Fault($"its model is {type}, not BPE");
        if (Flag(model, "byte_fallback")) throw Fault("model.byte_fallback is not supported");
        foreach (var affix in (string[])["continuing_subword_prefix", "end_of_word_suffix"])
        {
            if (!string.IsNullOrEmpty(Text(model, affix, optional: true))) throw Fault($"model.{affix} is not supported");
        }
        if (model.TryGetProperty("dropout", out var dropout) && dropout.ValueKind != JsonValueKind.Null
            && !(dropout.ValueKind == JsonValueKind.Number && dropout.GetDouble() == 0))
            throw Fault("model.dropout is not supported");
        IgnoresMergesOfEntries = Flag(model, "ignore_merges");

        foreach (var entry in Member(model, "vocab", JsonValueKind.Object).EnumerateObject())
        {
            if (entry.Name.Length == 0) throw Fault("model.vocab has an empty entry");
            Vocabulary[entry.Name] = Id(entry.Value, $"model.vocab[\"{entry.Name}\"]");
        }
        var rank = 0;
        foreach (var merge in Member(model, "merges", JsonValueKind.Array).EnumerateArray()) Merges.Add(Merge(merge, rank++));
    }

    private (string Left, string Right) Merge(JsonElement merge, int rank)
    {
        // The older files write a merge as one string with a space, the newer ones as a pair.
        string[] sides = merge.ValueKind switch
        {
            JsonValueKind.String => merge.GetString()!.Split(' '),
            JsonValueKind.Array => [.. merge.Items().Select(side => side.ValueKind == JsonValueKind.String ? side.GetString()! : "")],
            _ => [],
        };
        return sides is [{ Length: > 0 } left, { Length: > 0 } right]
            ? (left, right)
            : throw Fault($"model.merges[{rank}] is no pair of vocabulary entries");
    }

    private void ReadAddedToken(JsonElement token)
    {
        if (token.ValueKind != JsonValueKind.Object) throw Fault("added_tokens holds something that is no object");
        var content = Text(token, "content", optional: false)!;
        if (content.Length == 0) throw Fault("an added token has no content");
        foreach (var flag in (string[])["single_word", "lstrip", "rstrip"])
        {
            if (Flag(token, flag)) throw Fault($"{flag} of added token {content} is not supported");
        }
        Added[content] = Id(Member(token, "id", JsonValueKind.Number), $"the id of added token {content}");
    }

    private void ReadNormalizer(JsonElement normalizer)
    {
        if (normalizer.ValueKind == JsonValueKind.Undefined) return;
        switch (Text(normalizer, "type", optional: false))
        {
            case "NFC":
                NormalizesToFormC = true;
                break;
            case "Sequence":
                foreach (var part in Member(normalizer, "normalizers", JsonValueKind.Array).EnumerateArray()) ReadNormalizer(part);
                break;
            case var other:
                throw Fault($"normalizer {other} is not supported; NFC is");
        }
    }

    private void ReadPreTokenizer(JsonElement part, bool isLast)
    {
        if (part.ValueKind != JsonValueKind.Object) throw Fault("its pre_tokenizer holds something that is no object");
        switch (Text(part, "type", optional: false))
        {
            case "Sequence":
                var parts = Member(part, "pretokenizers", JsonValueKind.Array).Items();
                for (var i = 0; i < parts.Count; i++) ReadPreTokenizer(parts[i], isLast && i == parts.Count - 1);
                break;
            case "Split":
                ReadSplit(part);
                break;
            case "ByteLevel" when isLast:
                if (Flag(part, "add_prefix_space")) throw Fault("pre_tokenizer ByteLevel with add_prefix_space is not supported");
                if (Flag(part, "use_regex", whenAbsent: true)) SplitExpressions.Add(Expression(ByteLevelExpression));
                _byteLevel = true;
                break;
            case var other:
                throw Fault($"pre_tokenizer {other} is not supported here; Split and, as the last one, ByteLevel are");
        }
    }

    private void ReadSplit(JsonElement split)
    {
        // Isolated keeps both the matches and what lies between them as pieces, so inverting it changes nothing.
        if (Text(split, "behavior", optional: false) is var behavior && behavior != "Isolated")
            throw Fault($"pre_tokenizer Split with behavior {behavior} is not supported; Isolated is");
        var pattern = Member(split, "pattern", JsonValueKind.Object);
        SplitExpressions.Add(Expression(
            Text(pattern, "Regex", optional: true) ?? Regex.Escape(Text(pattern, "String", optional: false)!)));
    }

    private Regex Expression(string pattern)
    {
        try
        {
            return new Regex(pattern, RegexOptions.CultureInvariant, LongestMatch);
        }
        catch (ArgumentException fault)
        {
            throw Fault($"its pre_tokenizer's expression cannot be used: {fault.Message}");
        }
    }

    private int Id(JsonElement value, string where) =>
        value.ValueKind == JsonValueKind.Number && value.TryGetInt32(out var id) && id is >= 0 and <= LargestId
            ? id
            : throw Fault($"{where} is no id from 0 to {LargestId}");

    private string? Text(JsonElement parent, string name, bool optional)
    {
        var value = Member(parent, name, JsonValueKind.String, optional);
        return value.ValueKind == JsonValueKind.Undefined ? null : value.GetString();
    }

    private bool Flag(JsonElement parent, string name, bool whenAbsent = false)
    {
        if (!parent.TryGetProperty(name, out var value) || value.ValueKind == JsonValueKind.Null) return whenAbsent;
        return value.ValueKind is JsonValueKind.True or JsonValueKind.False ? value.GetBoolean() : throw Fault($"{name} is no boolean");
    }

    /// <summary>A member of the wanted kind; an undefined element when it is optional and absent or null.</summary>
    private JsonElement Member(JsonElement parent, string name, JsonValueKind kind, bool optional = false)
    {
        if (parent.ValueKind != JsonValueKind.Object) throw Fault($"what should hold {name} is no object");
        var present = parent.TryGetProperty(name, out var value) && value.ValueKind != JsonValueKind.Null;
        if (!present) return optional ? default : throw Fault($"{name} is missing");
        return value.ValueKind == kind ? value : throw Fault($"{name} is of kind {value.ValueKind}, not {kind}");
    }
}

file static class JsonElements
{
    /// <summary>An array's items; none for an undefined element.</summary>
    public static IReadOnlyList<JsonElement> Items(this JsonElement array) =>
        array.ValueKind == JsonValueKind.Array ? [.. array.EnumerateArray()] : [];
}
