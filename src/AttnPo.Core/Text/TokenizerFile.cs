using System.Text.Json;
using System.Text.RegularExpressions;

namespace AttnPo.Core.Text;

/// <summary>
/// Reads a <c>tokenizer.json</c> of byte-level BPE form. The file comes from outside: its size is checked before it is read, every value
/// before it is used, and whatever this reader does not implement is refused by name rather than read as something else.
/// </summary>
/// <remarks>
/// Its post-processor is not read: what it would put around a text (a begin token) is the chat template's to write.
/// </remarks>
internal sealed class TokenizerFile
{
    /// <summary>Its name in a model folder.</summary>
    public const string FileName = "tokenizer.json";

    /// <summary>What a ByteLevel pre-tokenizer splits by when it is told to use its own expression.</summary>
    private const string ByteLevelExpression =
        @"'s|'t|'re|'ve|'m|'ll|'d| ?\p{L}+| ?\p{N}+| ?[^\s\p{L}\p{N}]+|\s+(?!\S)|\s+";

    private readonly TokenizerDefinition _definition;
    private readonly CheckedJson _json;
    private bool _byteLevel;

    private TokenizerFile(TokenizerDefinition definition) => (_definition, _json) = (definition, new CheckedJson(definition));

    public static TokenizerDefinition Read(string path)
    {
        var definition = new TokenizerDefinition(path);
        var file = new TokenizerFile(definition);
        file._json.Read(path, file.ReadRoot);
        return definition;
    }

    private void ReadRoot(JsonElement root)
    {
        ReadModel(_json.Member(root, "model", JsonValueKind.Object));
        foreach (var token in _json.Member(root, "added_tokens", JsonValueKind.Array, optional: true).Items())
        {
            if (token.ValueKind != JsonValueKind.Object) throw _definition.Fault("added_tokens holds something that is no object");
            _json.ReadAddedToken(token, _json.Id(_json.Member(token, "id", JsonValueKind.Number), "the id of an added token"));
        }
        ReadNormalizer(_json.Member(root, "normalizer", JsonValueKind.Object, optional: true));
        ReadPreTokenizer(_json.Member(root, "pre_tokenizer", JsonValueKind.Object), isLast: true);
        if (!_byteLevel) throw _definition.Fault("its pre_tokenizer does not end in ByteLevel, so it is not byte-level");
    }

    private void ReadModel(JsonElement model)
    {
        if (_json.Text(model, "type", optional: true) is { } type && type != "BPE")
            throw _definition.Fault($"its model is {type}, not BPE");
        if (_json.Flag(model, "byte_fallback")) throw _definition.Fault("model.byte_fallback is not supported");
        foreach (var affix in (string[])["continuing_subword_prefix", "end_of_word_suffix"])
        {
            if (!string.IsNullOrEmpty(_json.Text(model, affix, optional: true))) throw _definition.Fault($"model.{affix} is not supported");
        }
        if (model.TryGetProperty("dropout", out var dropout) && dropout.ValueKind != JsonValueKind.Null
            && !(dropout.ValueKind == JsonValueKind.Number && dropout.GetDouble() == 0))
            throw _definition.Fault("model.dropout is not supported");
        _definition.IgnoresMergesOfEntries = _json.Flag(model, "ignore_merges");

        _json.ReadVocabulary(_json.Member(model, "vocab", JsonValueKind.Object), "model.vocab");
        var rank = 0;
        foreach (var merge in _json.Member(model, "merges", JsonValueKind.Array).EnumerateArray())
            _definition.Merges.Add(Merge(merge, rank++));
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
            : throw _definition.Fault($"model.merges[{rank}] is no pair of vocabulary entries");
    }

    private void ReadNormalizer(JsonElement normalizer)
    {
        if (normalizer.ValueKind == JsonValueKind.Undefined) return;
        switch (_json.Text(normalizer, "type", optional: false))
        {
            case "NFC":
                _definition.NormalizesToFormC = true;
                break;
            case "Sequence":
                foreach (var part in _json.Member(normalizer, "normalizers", JsonValueKind.Array).EnumerateArray()) ReadNormalizer(part);
                break;
            case var other:
                throw _definition.Fault($"normalizer {other} is not supported; NFC is");
        }
    }

    private void ReadPreTokenizer(JsonElement part, bool isLast)
    {
        if (part.ValueKind != JsonValueKind.Object) throw _definition.Fault("its pre_tokenizer holds something that is no object");
        switch (_json.Text(part, "type", optional: false))
        {
            case "Sequence":
                var parts = _json.Member(part, "pretokenizers", JsonValueKind.Array).Items();
                for (var i = 0; i < parts.Count; i++) ReadPreTokenizer(parts[i], isLast && i == parts.Count - 1);
                break;
            case "Split":
                ReadSplit(part);
                break;
            case "ByteLevel" when isLast:
                if (_json.Flag(part, "add_prefix_space"))
                    throw _definition.Fault("pre_tokenizer ByteLevel with add_prefix_space is not supported");
                if (_json.Flag(part, "use_regex", whenAbsent: true)) _definition.AddSplit(ByteLevelExpression);
                _byteLevel = true;
                break;
            case var other:
                throw _definition.Fault($"pre_tokenizer {other} is not supported here; Split and, as the last one, ByteLevel are");
        }
    }

    private void ReadSplit(JsonElement split)
    {
        // Isolated keeps both the matches and what lies between them as pieces, so inverting it changes nothing.
        if (_json.Text(split, "behavior", optional: false) is var behavior && behavior != "Isolated")
            throw _definition.Fault($"pre_tokenizer Split with behavior {behavior} is not supported; Isolated is");
        var pattern = _json.Member(split, "pattern", JsonValueKind.Object);
        _definition.AddSplit(_json.Text(pattern, "Regex", optional: true) ?? Regex.Escape(_json.Text(pattern, "String", optional: false)!));
    }
}
