using System.Text.Json;
using AttnPo.Core.Text;
using AttnPo.Gpu;
using AttnPo.Gpu.Model;

namespace AttnPo.Host.Models;

/// <summary>A Hugging Face folder as the commands use it: where it is, its tokenizer, its stop tokens, its Key-Focus Heads.</summary>
internal sealed class ModelFolder
{
    /// <summary>The file that holds the chosen heads, beside the weights.</summary>
    public const string HeadsFile = "attnpo-heads.json";

    private const int MaxFileBytes = 1 << 20;

    // No tokenizer comes near it; a file beyond is something else under that name.
    private const long MaxCompanionBytes = 256L << 20;

    // What a folder holds besides weights and config.json.
    private static readonly string[] Companions =
    [
        "tokenizer.json", "tokenizer_config.json", "special_tokens_map.json", "added_tokens.json", "vocab.json", "merges.txt",
        "chat_template.jinja", "generation_config.json", HeadsFile, "LICENSE",
    ];

    private readonly Lazy<Tokenizer> _tokenizer;

    private ModelFolder(string path)
    {
        Directory = path;
        RequireConfig(path);
        Config = ModelConfig.Load(path);
        StopTokens = ReadStopTokens();
        _tokenizer = new(LoadTokenizer);
    }

    /// <summary>Its full path.</summary>
    public string Directory { get; }

    /// <summary>The model's shape.</summary>
    public ModelConfig Config { get; }

    /// <summary>Whether it can read and write text; without a tokenizer it takes token ids alone.</summary>
    public bool HasTokenizer => Tokenizer.IsIn(Directory);

    /// <summary>Its tokenizer, read at the first use.</summary>
    /// <exception cref="FileNotFoundException">The folder has none.</exception>
    public Tokenizer Tokenizer => _tokenizer.Value;

    /// <summary>The tokens that end a response; none where the folder names none: only the limit ends a response then.</summary>
    public IReadOnlyList<int> StopTokens { get; }

    /// <summary>Opens a folder, or a shipped model by its name.</summary>
    public static ModelFolder Open(string nameOrPath) => new(Find(nameOrPath));

    /// <summary>The full path of a folder, or of a shipped model.</summary>
    public static string Find(string nameOrPath)
    {
        if (System.IO.Directory.Exists(nameOrPath)) return Path.GetFullPath(nameOrPath);
        var shipped = Path.Combine(AppContext.BaseDirectory, "models");
        if (Path.GetFileName(nameOrPath) == nameOrPath && System.IO.Directory.Exists(Path.Combine(shipped, nameOrPath)))
            return Path.Combine(shipped, nameOrPath);
        throw new WorkFailedException($"{nameOrPath}: no such model folder; give a Hugging Face folder, or the name of a shipped model: tiny-reasoner");
    }

    /// <summary>Copies what makes weights a usable folder, flushed to disk.</summary>
    /// <exception cref="InvalidDataException">A file is larger than any such file is, empty or no plain file.</exception>
    public static void CopyCompanions(string from, string to)
    {
        foreach (var name in Companions.Where(name => Path.Exists(Path.Combine(from, name))))
        {
            var path = Path.Combine(from, name);
            // Nothing is lost with it, and a run must not end for it.
            if (PlainFile.IsEmpty(path)) continue;
            using var source = new FileStream(PlainFile.Open(path), FileAccess.Read);
            if (source.Length > MaxCompanionBytes)
                throw new InvalidDataException($"{path}: has {source.Length} bytes; at most {MaxCompanionBytes} are carried along");
            using var copy = new FileStream(Path.Combine(to, name), FileMode.Create, FileAccess.Write);
            CopyExactly(source, copy);
            copy.Flush(flushToDisk: true);
        }
    }

    /// <summary>Writes the folder's file of heads, in place of what it holds, flushed to disk.</summary>
    public static void WriteHeads(string directory, IReadOnlyList<HeadId> heads)
    {
        using var file = new FileStream(Path.Combine(directory, HeadsFile), FileMode.Create, FileAccess.Write);
        using (var json = new Utf8JsonWriter(file, new JsonWriterOptions { Indented = true, NewLine = "\n" }))
        {
            json.WriteStartObject();
            json.WriteStartArray("heads");
            foreach (var head in heads) json.WriteStringValue(head.ToString());
            json.WriteEndArray();
            json.WriteEndObject();
        }
        file.Write("\n"u8);
        file.Flush(flushToDisk: true);
    }

    // As long as it says it is: some files have no end.
    private static void CopyExactly(FileStream source, FileStream copy)
    {
        var buffer = new byte[1 << 16];
        for (var left = source.Length; left > 0; left -= Math.Min(left, buffer.Length))
        {
            var part = buffer.AsSpan(0, (int)Math.Min(left, buffer.Length));
            source.ReadExactly(part);
            copy.Write(part);
        }
    }

    /// <summary>The heads in the folder's own file: {"heads":["layer:head",...]}.</summary>
    public IReadOnlyList<HeadId> OwnHeads()
    {
        var path = Path.Combine(Directory, HeadsFile);
        if (!Path.Exists(path))
            throw new WorkFailedException(
                $"{path}: does not exist, so there are no Key-Focus Heads; name some, with --heads L:H,... or, to train, --set credit.heads=L:H,...");
        using var document = Parse(path);
        if (document.RootElement.ValueKind != JsonValueKind.Object || !document.RootElement.TryGetProperty("heads", out var heads) || heads.ValueKind != JsonValueKind.Array)
            throw new InvalidDataException($"{path}: expected {{\"heads\":[\"layer:head\",...]}}.");
        return CheckHeads([.. heads.EnumerateArray().Select(head => ParseHead(head.ValueKind == JsonValueKind.String ? head.GetString()! : head.ToString(), path))], path);
    }

    /// <summary>Reads layer:head texts, from <paramref name="source"/>, that this model has.</summary>
    public IReadOnlyList<HeadId> Heads(IEnumerable<string> texts, string source) => CheckHeads([.. texts.Select(text => ParseHead(text, source))], source);

    /// <summary>Tokens of the longest prompt that leaves room for one of the response.</summary>
    public int MaxPromptTokens => Config.MaxPositions - 1;

    /// <summary>What is wrong with a prompt's tokens; null where the model can answer it.</summary>
    public string? PromptFault(IReadOnlyCollection<int> tokens) => tokens.Count switch
    {
        0 => "is empty; expected at least one token",
        var count when count > MaxPromptTokens => $"has {count} tokens; the model takes {Config.MaxPositions}, one of them for the response",
        _ => TokenFault(tokens),
    };

    /// <summary>What is wrong with token ids; null where the model knows them all.</summary>
    public string? TokenFault(IEnumerable<int> tokens)
    {
        foreach (var token in tokens)
            if (token < 0 || token >= Config.VocabularySize) return $"holds token id {token}; the model has 0 to {Config.VocabularySize - 1}";
        return null;
    }

    private IReadOnlyList<HeadId> CheckHeads(HeadId[] heads, string source)
    {
        if (heads.Length == 0) throw new InvalidDataException($"{source}: names no head.");
        foreach (var head in heads)
            if (head.Layer >= Config.Layers || head.Head >= Config.Heads)
                throw new InvalidDataException($"{source}: head {head}: the model has layers 0 to {Config.Layers - 1} and heads 0 to {Config.Heads - 1}.");
        return heads;
    }

    private static HeadId ParseHead(string text, string source) =>
        text.Split(':') is [var layer, var head] && ushort.TryParse(layer, out var l) && ushort.TryParse(head, out var h)
            ? new(l, h) : throw new InvalidDataException($"{source}: \"{text}\" is not layer:head, e.g. 16:2.");

    // generation_config.json says how a model is meant to be sampled; config.json may hold the same key.
    private IReadOnlyList<int> ReadStopTokens()
    {
        foreach (var name in (string[])["generation_config.json", "config.json"])
        {
            var path = Path.Combine(Directory, name);
            if (!Path.Exists(path)) continue;
            using var document = Parse(path);
            if (document.RootElement.ValueKind != JsonValueKind.Object || !document.RootElement.TryGetProperty("eos_token_id", out var id)) continue;
            if (id.ValueKind == JsonValueKind.Null) continue;
            var ids = id.ValueKind == JsonValueKind.Array ? id.EnumerateArray().ToArray() : [id];
            return [.. ids.Select(item => item.ValueKind == JsonValueKind.Number && item.TryGetInt32(out var token) && token >= 0 && token < Config.VocabularySize
                ? token : throw new InvalidDataException($"{path}: eos_token_id holds {item}; expected ids below {Config.VocabularySize}."))];
        }

        return [];
    }

    private Tokenizer LoadTokenizer()
    {
        var tokenizer = Tokenizer.Load(Directory);
        return tokenizer.VocabularySize <= Config.VocabularySize
            ? tokenizer
            : throw new InvalidDataException(
                $"{Directory}: its tokenizer has {tokenizer.VocabularySize} ids, the model only {Config.VocabularySize}; they do not belong together.");
    }

    // A run's directory is what people give in place of the models in it.
    private static void RequireConfig(string path)
    {
        if (Path.Exists(Path.Combine(path, "config.json"))) return;
        var remedy = File.Exists(Path.Combine(path, "settings.conf"))
            ? $"; it is the directory of a run: give one of its checkpoints, {Path.Combine(path, "checkpoints", "step-NNNNNN")}" : "";
        throw new WorkFailedException($"{path}: is no Hugging Face model folder (config.json is missing){remedy}");
    }

    private static JsonDocument Parse(string path)
    {
        try
        {
            return JsonDocument.Parse(PlainFile.Read(path, MaxFileBytes));
        }
        catch (JsonException e)
        {
            throw new InvalidDataException($"{path}: not JSON: {e.Message}");
        }
    }
}
