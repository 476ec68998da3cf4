using System.Buffers.Binary;
using System.Text.Json;
using static TorchSharp.torch;

namespace AttnPo.Gpu.Checkpoints;

/// <summary>Writes tensors as 32-bit floats to a new file and flushes it to disk.</summary>
internal static class SafetensorsWriter
{
    private const int ChunkElements = 4 << 20;

    public static void Write(
        string path, IReadOnlyList<(string Name, Tensor Value)> tensors, IReadOnlyDictionary<string, string>? metadata = null)
    {
        using var gradients = no_grad();
        using var stream = new FileStream(path, FileMode.CreateNew, FileAccess.Write, FileShare.None, bufferSize: 1);
        var header = Header(tensors, metadata);
        Span<byte> prefix = stackalloc byte[8];
        BinaryPrimitives.WriteUInt64LittleEndian(prefix, (ulong)header.Length);
        stream.Write(prefix);
        stream.Write(header);
        foreach (var (_, value) in tensors) WriteData(stream, value);
        stream.Flush(flushToDisk: true);
    }

    private static byte[] Header(IReadOnlyList<(string Name, Tensor Value)> tensors, IReadOnlyDictionary<string, string>? metadata)
    {
        using var stream = new MemoryStream();
        using (var writer = new Utf8JsonWriter(stream))
        {
            writer.WriteStartObject();
            if (metadata is not null)
            {
                writer.WriteStartObject("__metadata__");
                foreach (var (key, value) in metadata) writer.WriteString(key, value);
                writer.WriteEndObject();
            }
            long offset = 0;
            foreach (var (name, value) in tensors)
            {
                writer.WriteStartObject(name);
                writer.WriteString("dtype", ElementTypes.F32.Name);
                writer.WriteStartArray("shape");
                foreach (var size in value.shape) writer.WriteNumberValue(size);
                writer.WriteEndArray();
                writer.WriteStartArray("data_offsets");
                writer.WriteNumberValue(offset);
                writer.WriteNumberValue(offset += value.numel() * ElementTypes.F32.Size);
                writer.WriteEndArray();
                writer.WriteEndObject();
            }
            writer.WriteEndObject();
        }
        // Spaces at the end keep the data aligned for readers that map the file.
        while (stream.Length % 8 != 0) stream.WriteByte((byte)' ');
        return stream.ToArray();
    }

    private static void WriteData(FileStream stream, Tensor value)
    {
        using var scope = NewDisposeScope();
        var flat = value.detach().reshape(-1);
        for (long done = 0; done < flat.size(0); done += ChunkElements)
        {
            using var piece = NewDisposeScope();
            var part = flat.narrow(0, done, Math.Min(ChunkElements, flat.size(0) - done));
            stream.Write(part.to(float32).cpu().contiguous().bytes);
        }
    }
}
