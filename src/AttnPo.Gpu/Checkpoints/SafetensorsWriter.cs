using System.Buffers.Binary;
using System.Text.Json;
using AttnPo.Gpu.Model;
using TorchSharp;
using static TorchSharp.torch;

namespace AttnPo.Gpu.Checkpoints;

/// <summary>A tensor that is to be written.</summary>
internal sealed record PlannedTensor(string Name, long[] Shape, ElementType Element)
{
    public long Bytes { get; } = Shape.Aggregate((long)Element.Size, (bytes, size) => checked(bytes * size));
}

/// <summary>Writes tensors to a new file and flushes it to disk. What exists is never overwritten.</summary>
internal static class SafetensorsWriter
{
    private const int ChunkElements = 4 << 20;

    /// <summary>Writes tensors as 32-bit floats.</summary>
    public static void Write(
        string path, IReadOnlyList<(string Name, Tensor Value)> tensors, IReadOnlyDictionary<string, string>? metadata = null) =>
        Write(path, [.. tensors.Select(t => new PlannedTensor(t.Name, t.Value.shape, ElementTypes.F32))], new Held(tensors), metadata);

    /// <summary>Writes tensors, each in its planned type, one after the other: a source that lends them keeps one at a time.</summary>
    public static void Write(
        string path, IReadOnlyList<PlannedTensor> planned, IWeightSource source, IReadOnlyDictionary<string, string>? metadata = null,
        CancellationToken cancellation = default)
    {
        using var gradients = no_grad();
        using var stream = new FileStream(path, FileMode.CreateNew, FileAccess.Write, FileShare.None, bufferSize: 1);
        var header = Header(planned, metadata);
        Span<byte> prefix = stackalloc byte[8];
        BinaryPrimitives.WriteUInt64LittleEndian(prefix, (ulong)header.Length);
        stream.Write(prefix);
        stream.Write(header);
        foreach (var tensor in planned)
        {
            cancellation.ThrowIfCancellationRequested();
            source.Read(tensor.Name, value => WriteData(stream, tensor, value));
        }
        stream.Flush(flushToDisk: true);
    }

    private static byte[] Header(IReadOnlyList<PlannedTensor> planned, IReadOnlyDictionary<string, string>? metadata)
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
            foreach (var tensor in planned)
            {
                writer.WriteStartObject(tensor.Name);
                writer.WriteString("dtype", tensor.Element.Name);
                writer.WriteStartArray("shape");
                foreach (var size in tensor.Shape) writer.WriteNumberValue(size);
                writer.WriteEndArray();
                writer.WriteStartArray("data_offsets");
                writer.WriteNumberValue(offset);
                writer.WriteNumberValue(offset += tensor.Bytes);
                writer.WriteEndArray();
                writer.WriteEndObject();
            }
            writer.WriteEndObject();
        }
        // Spaces at the end keep the data aligned for readers that map the file.
        while (stream.Length % 8 != 0) stream.WriteByte((byte)' ');
        return stream.ToArray();
    }

    private static void WriteData(FileStream stream, PlannedTensor planned, Tensor value)
    {
        using var scope = NewDisposeScope();
        var flat = value.detach().reshape(-1);
        if (flat.numel() * planned.Element.Size != planned.Bytes)
            throw new InvalidOperationException($"tensor {planned.Name} has {flat.numel()} elements; planned were {planned.Bytes} bytes");
        for (long done = 0; done < flat.size(0); done += ChunkElements)
        {
            using var piece = NewDisposeScope();
            var part = flat.narrow(0, done, Math.Min(ChunkElements, flat.size(0) - done));
            var written = part.to(planned.Element.Scalar);
            if (value.dtype != planned.Element.Scalar && !written.isfinite().eq(part.isfinite()).all().ToBoolean())
            {
                throw new InvalidDataException(
                    $"{stream.Name}: tensor {planned.Name} holds values beyond the range of {planned.Element.ConfigName};"
                    + " choose another type");
            }
            stream.Write(written.cpu().contiguous().bytes);
        }
    }

    private sealed class Held(IReadOnlyList<(string Name, Tensor Value)> tensors) : IWeightSource
    {
        private readonly Dictionary<string, Tensor> _byName = tensors.ToDictionary(t => t.Name, t => t.Value, StringComparer.Ordinal);

        public void Read(string name, Action<Tensor> use) => use(_byName[name]);
    }
}
