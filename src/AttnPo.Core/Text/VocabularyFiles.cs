using System.Globalization;
using System.Text;
using System.Text.Json;

namespace AttnPo.Core.Text;

/// <summary>
/// Reads the older layout of a Qwen2 folder: <c>vocab.json</c> and <c>merges.txt</c>, with the added tokens in
/// <c>added_tokens.json</c> or <c>tokenizer_config.json</c>. The files do not say how text is normalised and split: that is a part of
/// the tokenizer class that <c>tokenizer_config.json</c> names, and only Qwen2's is known here.
/// </summary>
internal sealed class VocabularyFiles
{
    /// <summary>The files without which there is no such tokenizer.</summary>
    public const string VocabularyName = "vocab.json", MergesName = "merges.txt";

    private const string ConfigName = "tokenizer_config.json", AddedName = "added_tokens.json";

    private const string Qwen2Expression =
        @"(?i:'s|'t|'re|'ve|'m|'ll|'d)|[^\r\n\p{L}\p{N}]?\p{L}+|\p{N}| ?[^\s\p{L}\p{N}]+[\r\n]*|\s*[\r\n]+|\s+(?!\S)|\s+";

    private readonly string _folder;
    private readonly TokenizerDefinition _definition;
    private readonly CheckedJson _json;

    private VocabularyFiles(string folder)
    {
        _folder = folder;
        _definition = new TokenizerDefinition(folder) { NormalizesToFormC = true };
        _json = new CheckedJson(_definition);
    }

    public static bool AreIn(string folder) =>
        Path.Exists(Path.Combine(folder, VocabularyName)) && Path.Exists(Path.Combine(folder, MergesName));

    public static TokenizerDefinition Read(string folder)
    {
        var files = new VocabularyFiles(folder);
        if (!Path.Exists(Path.Combine(folder, ConfigName)))
            throw files._definition.Fault($"{ConfigName} is missing, which says how {VocabularyName} and {MergesName} are used");
        files.Read(ConfigName, files.ReadConfig);
        if (Path.Exists(Path.Combine(folder, AddedName))) files.Read(AddedName, files.ReadAdded);
        files.Read(VocabularyName, root => files._json.ReadVocabulary(root, VocabularyName));
        files.ReadMerges();
        files._definition.AddSplit(Qwen2Expression);
        return files._definition;
    }

    private void Read(string name, Action<JsonElement> read) => _json.Read(Path.Combine(_folder, name), read);

    private void ReadConfig(JsonElement config)
    {
        var kind = _json.Text(config, "tokenizer_class", optional: false);
        if (kind is not ("Qwen2Tokenizer" or "Qwen2TokenizerFast"))
            throw _definition.Fault($"without {TokenizerFile.FileName} only a Qwen2Tokenizer is known, and {ConfigName} names {kind}");
        if (_json.Flag(config, "add_prefix_space")) throw _definition.Fault("add_prefix_space is not supported");
        var added = _json.Member(config, "added_tokens_decoder", JsonValueKind.Object, optional: true);
        if (added.ValueKind == JsonValueKind.Undefined) return;
        foreach (var token in added.EnumerateObject())
        {
            if (!int.TryParse(token.Name, NumberStyles.None, CultureInfo.InvariantCulture, out var id) || id > CheckedJson.LargestId)
                throw _definition.Fault($"\"{token.Name}\" in added_tokens_decoder is no id from 0 to {CheckedJson.LargestId}");
            _json.ReadAddedToken(token.Value, id);
        }
    }

    private void ReadAdded(JsonElement added)
    {
        foreach (var token in added.EnumerateObject())
        {
            if (token.Name.Length == 0) throw _definition.Fault("an added token has no content");
            var id = _json.Id(token.Value, $"the id of added token {token.Name}");
            if (_definition.Added.TryGetValue(token.Name, out var known) && known != id)
                throw _definition.Fault($"added token {token.Name} has the id {known} in {ConfigName} and {id} in {AddedName}");
            _definition.Added[token.Name] = id;
        }
    }

    private void ReadMerges()
    {
        var text = Encoding.UTF8.GetString(_definition.BytesOf(Path.Combine(_folder, MergesName)));
        var number = 0;
        foreach (var line in text.EnumerateLines())
        {
            number++;
            if (line.IsEmpty || (number == 1 && line.StartsWith("#version"))) continue;
            if (line.ToString().Split(' ') is not [{ Length: > 0 } left, { Length: > 0 } right])
                throw _definition.Fault($"line {number} of {MergesName} is no pair of vocabulary entries");
            _definition.Merges.Add((left, right));
        }
    }
}
