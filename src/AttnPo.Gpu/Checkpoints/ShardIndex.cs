using System.Text.Json;
using System.Text.RegularExpressions;

namespace AttnPo.Gpu.Checkpoints;

/// <summary>
/// <c>model.safetensors.index.json</c>: which file of the folder holds which tensor. It names files, so a name is taken only if it
/// cannot lead out of the folder.
/// </summary>
internal static partial class ShardIndex
{
    public const string Name = "model.safetensors.index.json";

    private const string MapKey = "weight_map";

    // Each is an open file; the largest models that are published have a few hundred.
    private const int MostShards = 1024;

    /// <summary>The file of each tensor.</summary>
    /// <exception cref="InvalidDataException">It cannot be meant; the message names what.</exception>
    public static IReadOnlyDictionary<string, string> Read(string path) =>
        ForeignJson.Parse(
            PlainFile.Read(path, ForeignJson.LargestText), path, "the index", (ref Utf8JsonReader reader) => Parse(ref reader, path));

    /// <summary>Writes the index of shards, as other tools expect it, to a new file; flushed to disk.</summary>
    public static void Write(string path, IEnumerable<(string Tensor, string Shard)> places, long totalBytes)
    {
        using var stream = new FileStream(path, FileMode.CreateNew, FileAccess.Write);
        using (var json = new Utf8JsonWriter(stream, new JsonWriterOptions { Indented = true }))
        {
            json.WriteStartObject();
            json.WriteStartObject("metadata");
            json.WriteNumber("total_size", totalBytes);
            json.WriteEndObject();
            json.WriteStartObject(MapKey);
            foreach (var (tensor, shard) in places) json.WriteString(tensor, shard);
            json.WriteEndObject();
            json.WriteEndObject();
        }
        stream.Flush(flushToDisk: true);
    }

    private static IReadOnlyDictionary<string, string> Parse(ref Utf8JsonReader reader, string path)
    {
        if (reader.TokenType != JsonTokenType.StartObject) throw new InvalidDataException($"{path}: the index is not a JSON object");
        Dictionary<string, string>? map = null;
        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            // total_size is wrong in many a folder, and nothing here rests on it.
            if (ForeignJson.Name(ref reader, path) != MapKey) reader.Skip();
            else if (map is null) map = ParseMap(ref reader, path);
            else throw new InvalidDataException($"{path}: {MapKey} is there twice");
        }
        return map ?? throw new InvalidDataException($"{path}: {MapKey} is missing");
    }

    private static Dictionary<string, string> ParseMap(ref Utf8JsonReader reader, string path)
    {
        if (reader.TokenType != JsonTokenType.StartObject) throw new InvalidDataException($"{path}: {MapKey} is not an object");
        var map = new Dictionary<string, string>(StringComparer.Ordinal);
        // One text for each file, however many tensors it holds.
        var shards = new Dictionary<string, string>(StringComparer.Ordinal);
        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            var tensor = ForeignJson.Name(ref reader, path);
            if (ForeignJson.Text(ref reader, path) is not { } text || !PlainName().IsMatch(text))
            {
                throw new InvalidDataException(
                    $"{path}: tensor {tensor} is in {ForeignJson.Shown(ref reader)};"
                    + " expected the plain name of a .safetensors file in this folder");
            }
            if (!shards.TryGetValue(text, out var shard)) shards.Add(text, shard = text);
            if (shards.Count > MostShards) throw new InvalidDataException($"{path}: names more than {MostShards} files");
            if (!map.TryAdd(tensor, shard)) throw new InvalidDataException($"{path}: tensor {tensor} is listed twice");
        }
        return map;
    }

    [GeneratedRegex(@"\A[A-Za-z0-9_][A-Za-z0-9._-]{0,200}\.safetensors\z")]
    private static partial Regex PlainName();
}
