using System.Globalization;
using static TorchSharp.torch;

namespace AttnPo.Gpu.Checkpoints;

/// <summary>An open safetensors file. Its header is checked when it is opened; tensors are read one by one into memory the caller has.</summary>
internal sealed class SafetensorsFile : IDisposable
{
    /// <summary>Bounds the memory beside the tensors; a whole number of elements of any type.</summary>
    private const int ChunkBytes = 16 << 20;

    private readonly FileStream _stream;
    private readonly SafetensorsHeader _header;

    private SafetensorsFile(FileStream stream, SafetensorsHeader header, string path)
    {
        (_stream, _header, Path) = (stream, header, path);
    }

    public string Path { get; }

    public IReadOnlyDictionary<string, SafetensorsEntry> Tensors => _header.Tensors;

    public IReadOnlyDictionary<string, string> Metadata => _header.Metadata;

    public static SafetensorsFile Open(string path)
    {
        var stream = new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.Read, bufferSize: 1);
        try
        {
            return new SafetensorsFile(stream, SafetensorsHeader.Read(stream, path), path);
        }
        catch
        {
            stream.Dispose();
            throw;
        }
    }

    /// <summary>Refuses the file unless it holds exactly these tensors in these shapes.</summary>
    public void Require(IEnumerable<(string Name, long[] Shape)> expected)
    {
        var found = 0;
        var names = new HashSet<string>(StringComparer.Ordinal);
        foreach (var (name, shape) in expected)
        {
            if (!Tensors.TryGetValue(name, out var entry))
                throw new InvalidDataException($"{Path}: tensor {name} is missing; expected shape [{string.Join(", ", shape)}]");
            if (!entry.Shape.AsSpan().SequenceEqual(shape))
            {
                throw new InvalidDataException(
                    $"{Path}: tensor {name} has shape [{string.Join(", ", entry.Shape)}]; expected [{string.Join(", ", shape)}]");
            }
            names.Add(name);
            found++;
        }
        if (found == Tensors.Count) return;
        var extra = Tensors.Keys.First(name => !names.Contains(name));
        throw new InvalidDataException($"{Path}: tensor {extra} is not part of the model that the configuration describes");
    }

    /// <summary>A whole number, not negative, that the file's metadata must hold.</summary>
    public long RequireNumber(string key)
    {
        if (!Metadata.TryGetValue(key, out var text)) throw new InvalidDataException($"{Path}: metadata {key} is missing");
        return long.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var number)
            ? number
            : throw new InvalidDataException($"{Path}: metadata {key} is {text}; expected a whole number, not negative");
    }

    /// <summary>Reads a tensor into one of the same shape, whatever the two types are.</summary>
    public void ReadInto(string name, Tensor target)
    {
        var entry = Tensors[name];
        using var gradients = no_grad();
        using var scope = NewDisposeScope();
        var flat = target.detach().view(-1);
        var elements = (entry.End - entry.Begin) / entry.Element.Size;
        var chunk = Math.Min(elements, ChunkBytes / entry.Element.Size);
        if (chunk == 0) return;
        var buffer = empty([chunk], entry.Element.Scalar);
        _stream.Position = _header.DataStart + entry.Begin;
        for (long done = 0; done < elements; done += chunk)
        {
            using var piece = NewDisposeScope();
            var count = Math.Min(chunk, elements - done);
            var part = buffer.narrow(0, 0, count);
            _stream.ReadExactly(part.bytes);
            flat.narrow(0, done, count).copy_(part);
        }
    }

    public void Dispose() => _stream.Dispose();
}
