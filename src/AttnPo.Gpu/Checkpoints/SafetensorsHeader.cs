using System.Buffers.Binary;
using System.Text.Json;

namespace AttnPo.Gpu.Checkpoints;

/// <summary>
/// What a safetensors file says of itself, checked against the file's size before anything is believed: the header fits, each
/// tensor's bytes are as many as its shape and type need, and together they cover the data without overlap or hole.
/// </summary>
internal sealed class SafetensorsHeader
{
    private const int LargestHeader = 100_000_000;
    private const int LargestRank = 8;

    private SafetensorsHeader(Dictionary<string, SafetensorsEntry> tensors, Dictionary<string, string> metadata, long dataStart)
    {
        (Tensors, Metadata, DataStart) = (tensors, metadata, dataStart);
    }

    public IReadOnlyDictionary<string, SafetensorsEntry> Tensors { get; }

    public IReadOnlyDictionary<string, string> Metadata { get; }

    /// <summary>Where in the file the offsets of the entries begin.</summary>
    public long DataStart { get; }

    public static SafetensorsHeader Read(Stream stream, string file)
    {
        var length = stream.Length;
        if (length < 8) throw new InvalidDataException($"{file}: {length} bytes are too few for a safetensors file");
        Span<byte> prefix = stackalloc byte[8];
        stream.ReadExactly(prefix);
        var size = BinaryPrimitives.ReadUInt64LittleEndian(prefix);
        if (size > (ulong)(length - 8))
            throw new InvalidDataException($"{file}: the header claims {size} bytes, the file has {length - 8} after its length field");
        if (size > LargestHeader)
            throw new InvalidDataException($"{file}: the header claims {size} bytes; at most {LargestHeader} are accepted");
        var json = new byte[size];
        stream.ReadExactly(json);
        try
        {
            using var document = JsonDocument.Parse(json, new JsonDocumentOptions { MaxDepth = 8 });
            return Parse(document.RootElement, 8 + (long)size, length - 8 - (long)size, file);
        }
        catch (JsonException e)
        {
            throw new InvalidDataException($"{file}: the header is not JSON: {e.Message}", e);
        }
    }

    private static SafetensorsHeader Parse(JsonElement root, long dataStart, long dataLength, string file)
    {
        if (root.ValueKind != JsonValueKind.Object) throw new InvalidDataException($"{file}: the header is not a JSON object");
        var tensors = new Dictionary<string, SafetensorsEntry>(StringComparer.Ordinal);
        var metadata = new Dictionary<string, string>(StringComparer.Ordinal);
        foreach (var property in root.EnumerateObject())
        {
            if (property.Name == "__metadata__") ReadMetadata(property.Value, metadata, file);
            else if (!tensors.TryAdd(property.Name, Entry(property.Name, property.Value, dataLength, file)))
                throw new InvalidDataException($"{file}: tensor {property.Name} is listed twice");
        }
        RequireCover(tensors.Values, dataLength, file);
        return new SafetensorsHeader(tensors, metadata, dataStart);
    }

    private static void ReadMetadata(JsonElement value, Dictionary<string, string> metadata, string file)
    {
        if (value.ValueKind != JsonValueKind.Object) throw new InvalidDataException($"{file}: __metadata__ is not an object");
        foreach (var property in value.EnumerateObject())
        {
            metadata[property.Name] = property.Value.ValueKind == JsonValueKind.String
                ? property.Value.GetString()!
                : throw new InvalidDataException($"{file}: __metadata__ {property.Name} is not a string");
        }
    }

    private static SafetensorsEntry Entry(string name, JsonElement value, long dataLength, string file)
    {
        if (value.ValueKind != JsonValueKind.Object) throw Refused("its entry is not an object");
        if (!value.TryGetProperty("dtype", out var type) || type.ValueKind != JsonValueKind.String) throw Refused("dtype is missing");
        if (ElementTypes.Find(type.GetString()!) is not { } element)
            throw Refused($"dtype {type.GetString()} is not supported; supported: {ElementTypes.Supported}");
        var shape = Longs("shape");
        var range = Longs("data_offsets");
        if (range.Length != 2) throw Refused("data_offsets is not a pair");
        if (shape.Length > LargestRank) throw Refused($"shape has {shape.Length} dimensions; at most {LargestRank} are accepted");
        var (begin, end) = (range[0], range[1]);
        if (begin < 0 || end < begin || end > dataLength)
            throw Refused($"bytes {begin} to {end} do not lie in the {dataLength} bytes of data");
        if (ByteCount(shape, element.Size) is not { } needed) throw Refused($"shape [{string.Join(", ", shape)}] is not possible");
        if (needed != end - begin)
            throw Refused($"shape [{string.Join(", ", shape)}] of {element.Name} needs {needed} bytes, the file gives {end - begin}");
        return new SafetensorsEntry(name, element, shape, begin, end);

        long[] Longs(string key)
        {
            if (!value.TryGetProperty(key, out var list) || list.ValueKind != JsonValueKind.Array) throw Refused($"{key} is missing");
            return [.. list.EnumerateArray().Select(item =>
                item.ValueKind == JsonValueKind.Number && item.TryGetInt64(out var number)
                    ? number
                    : throw Refused($"{key} holds {item}; expected whole numbers"))];
        }

        InvalidDataException Refused(string reason) => new($"{file}: tensor {name}: {reason}");
    }

    /// <summary>Null where a size is negative or the product leaves the range of a file.</summary>
    private static long? ByteCount(long[] shape, int elementSize)
    {
        long bytes = elementSize;
        foreach (var size in shape)
        {
            if (size < 0) return null;
            try
            {
                bytes = checked(bytes * size);
            }
            catch (OverflowException)
            {
                return null;
            }
        }
        return bytes;
    }

    private static void RequireCover(IEnumerable<SafetensorsEntry> entries, long dataLength, string file)
    {
        long reached = 0;
        var before = "the header";
        foreach (var entry in entries.OrderBy(e => e.Begin).ThenBy(e => e.End))
        {
            if (entry.Begin < reached) throw new InvalidDataException($"{file}: tensor {entry.Name} overlaps {before}");
            if (entry.Begin > reached)
                throw new InvalidDataException($"{file}: tensor {entry.Name}: bytes {reached} to {entry.Begin} before it belong to no tensor");
            (reached, before) = (entry.End, entry.Name);
        }
        if (reached != dataLength) throw new InvalidDataException($"{file}: bytes {reached} to {dataLength} belong to no tensor");
    }
}

/// <summary>A tensor of a safetensors file: half-open byte range counted from the end of the header.</summary>
internal sealed record SafetensorsEntry(string Name, ElementType Element, long[] Shape, long Begin, long End);
