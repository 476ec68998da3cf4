using System.Buffers.Binary;
using System.Text.Json;
using Microsoft.Win32.SafeHandles;

namespace AttnPo.Gpu.Checkpoints;

/// <summary>
/// What a safetensors file says of itself, checked against the file's size before anything is believed: the header fits, each
/// tensor's bytes are as many as its shape and type need, and together they cover the data without overlap or hole.
/// </summary>
internal sealed class SafetensorsHeader
{
    private const string MetadataKey = "__metadata__";
    private const int PrefixBytes = 8;
    private const int LargestRank = 8;
    private const string Remedy = "the file is damaged or cut short; fetch it again";

    private readonly Dictionary<string, SafetensorsEntry> _tensors = new(StringComparer.Ordinal);
    private readonly Dictionary<string, string> _metadata = new(StringComparer.Ordinal);
    private readonly string _file;
    private readonly long _dataLength;

    private SafetensorsHeader(string file, long dataStart, long dataLength)
    {
        (_file, DataStart, _dataLength) = (file, dataStart, dataLength);
    }

    public IReadOnlyDictionary<string, SafetensorsEntry> Tensors => _tensors;

    public IReadOnlyDictionary<string, string> Metadata => _metadata;

    /// <summary>Where in the file the offsets of the entries begin.</summary>
    public long DataStart { get; }

    public static SafetensorsHeader Read(SafeFileHandle handle, string file)
    {
        var length = RandomAccess.GetLength(handle);
        if (length < PrefixBytes) throw new InvalidDataException($"{file}: {length} bytes are too few for a safetensors file");
        Span<byte> prefix = stackalloc byte[PrefixBytes];
        ForeignFile.ReadExactly(handle, prefix, 0, file);
        if (IsPointer(handle)) throw PlainFile.Pointer(file);
        var size = BinaryPrimitives.ReadUInt64LittleEndian(prefix);
        var rest = length - PrefixBytes;
        if (size > (ulong)rest)
            throw new InvalidDataException($"{file}: the header claims {size} bytes, the file has {rest} after its length field; {Remedy}");
        if (size > ForeignJson.LargestText)
            throw new InvalidDataException($"{file}: the header claims {size} bytes; at most {ForeignJson.LargestText} are accepted");
        // A file with holes has any length for nothing: what is no header at all is refused before the memory for it is given.
        if (size > 0) ForeignFile.ReadExactly(handle, prefix[..1], PrefixBytes, file);
        if (size == 0 || (prefix[0] != '{' && !char.IsWhiteSpace((char)prefix[0])))
            throw new InvalidDataException($"{file}: the header is not a JSON object");

        var json = new byte[size];
        ForeignFile.ReadExactly(handle, json, PrefixBytes, file);
        var header = new SafetensorsHeader(file, PrefixBytes + (long)size, rest - (long)size);
        ForeignJson.Parse(json, file, "the header", (ref Utf8JsonReader reader) => header.Take(ref reader));
        header.RequireCover();
        return header;
    }

    private static bool IsPointer(SafeFileHandle handle)
    {
        Span<byte> start = stackalloc byte[PlainFile.PointerStart.Length];
        return RandomAccess.Read(handle, start, 0) == start.Length && start.SequenceEqual(PlainFile.PointerStart);
    }

    private bool Take(ref Utf8JsonReader reader)
    {
        if (reader.TokenType != JsonTokenType.StartObject) throw new InvalidDataException($"{_file}: the header is not a JSON object");
        var hasMetadata = false;
        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            var name = ForeignJson.Name(ref reader, _file);
            if (name == MetadataKey)
            {
                if (hasMetadata) throw new InvalidDataException($"{_file}: {MetadataKey} is there twice");
                hasMetadata = true;
                TakeMetadata(ref reader);
            }
            else if (!_tensors.TryAdd(name, Entry(name, ref reader)))
            {
                throw new InvalidDataException($"{_file}: tensor {name} is listed twice");
            }
        }
        return true;
    }

    private void TakeMetadata(ref Utf8JsonReader reader)
    {
        if (reader.TokenType != JsonTokenType.StartObject) throw new InvalidDataException($"{_file}: {MetadataKey} is not an object");
        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            var name = ForeignJson.Name(ref reader, _file);
            if (reader.TokenType != JsonTokenType.String) throw new InvalidDataException($"{_file}: {MetadataKey} {name} is not a string");
            // Any text may stand here, so its length is bounded by the header's alone.
            if (!_metadata.TryAdd(name, reader.GetString()!))
                throw new InvalidDataException($"{_file}: {MetadataKey} {name} is there twice");
        }
    }

    private SafetensorsEntry Entry(string name, ref Utf8JsonReader reader)
    {
        if (reader.TokenType != JsonTokenType.StartObject) throw Refused("its entry is not an object");
        ElementType? element = null;
        long[]? shape = null, range = null;
        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            var key = ForeignJson.Name(ref reader, _file);
            var isKnown = key switch
            {
                "dtype" => element is not null, "shape" => shape is not null, "data_offsets" => range is not null, _ => false,
            };
            if (isKnown) throw Refused($"{key} is there twice");
            if (key == "dtype") element = Element(ref reader);
            else if (key == "shape") shape = Numbers("shape", ref reader);
            else if (key == "data_offsets") range = Numbers("data_offsets", ref reader);
            else reader.Skip();
        }
        if (element is null) throw Refused("dtype is missing");
        if (shape is null) throw Refused("shape is missing");
        if (range is null) throw Refused("data_offsets is missing");
        if (range.Length != 2) throw Refused("data_offsets is not a pair");
        var (begin, end) = (range[0], range[1]);
        if (begin < 0 || end < begin || end > _dataLength)
            throw Refused($"bytes {begin} to {end} do not lie in the {_dataLength} bytes of data; {Remedy}");
        if (ByteCount(shape, element.Size) is not { } needed) throw Refused($"shape [{string.Join(", ", shape)}] is not possible");
        if (needed != end - begin)
            throw Refused($"shape [{string.Join(", ", shape)}] of {element.Name} needs {needed} bytes, the file gives {end - begin}");
        return new SafetensorsEntry(name, element, shape, begin, end);

        ElementType Element(ref Utf8JsonReader reader)
        {
            if (ForeignJson.Text(ref reader, _file) is not { } type) throw Refused("dtype is missing");
            return ElementTypes.Find(type) ?? throw Refused(
                $"dtype {ForeignJson.Shown(ref reader)} is not supported; supported: {ElementTypes.Supported}");
        }

        long[] Numbers(string key, ref Utf8JsonReader reader)
        {
            if (reader.TokenType != JsonTokenType.StartArray) throw Refused($"{key} is missing");
            Span<long> numbers = stackalloc long[LargestRank];
            var count = 0;
            while (reader.Read() && reader.TokenType != JsonTokenType.EndArray)
            {
                if (reader.TokenType != JsonTokenType.Number || !reader.TryGetInt64(out var number))
                    throw Refused($"{key} holds {ForeignJson.Shown(ref reader)}; expected whole numbers");
                if (count == LargestRank) throw Refused($"{key} has more than {LargestRank} numbers");
                numbers[count++] = number;
            }
            return [.. numbers[..count]];
        }

        InvalidDataException Refused(string reason) => new($"{_file}: tensor {name}: {reason}");
    }

    /// <summary>
    /// Null where a size is negative or the product leaves the range of a file; a size of 0 does not hide one that is out of range.
    /// </summary>
    private static long? ByteCount(long[] shape, int elementSize)
    {
        long bytes = elementSize;
        foreach (var size in shape)
        {
            if (size < 0) return null;
            try
            {
                bytes = checked(bytes * Math.Max(size, 1));
            }
            catch (OverflowException)
            {
                return null;
            }
        }
        return shape.Contains(0) ? 0 : bytes;
    }

    private void RequireCover()
    {
        long reached = 0;
        var before = "the header";
        foreach (var entry in _tensors.Values.OrderBy(e => e.Begin).ThenBy(e => e.End))
        {
            if (entry.Begin < reached) throw new InvalidDataException($"{_file}: tensor {entry.Name} overlaps {before}");
            if (entry.Begin > reached)
                throw new InvalidDataException($"{_file}: tensor {entry.Name}: bytes {reached} to {entry.Begin} before it belong to no tensor");
            (reached, before) = (entry.End, entry.Name);
        }
        if (reached != _dataLength) throw new InvalidDataException($"{_file}: bytes {reached} to {_dataLength} belong to no tensor");
    }
}

/// <summary>A tensor of a safetensors file: half-open byte range counted from the end of the header.</summary>
internal sealed record SafetensorsEntry(string Name, ElementType Element, long[] Shape, long Begin, long End);
