using System.Globalization;
using Microsoft.Win32.SafeHandles;
using static TorchSharp.torch;

namespace AttnPo.Gpu.Checkpoints;

/// <summary>
/// An open safetensors file. Its header is checked when it is opened; tensors are read one by one into memory the caller has, from
/// several threads if need be.
/// <para>
/// It is read by position, not through a memory map. Both take the bytes from the system's page cache, at the same rate, and neither
/// makes a second copy of the weights: bytes of the right type go straight into the tensor, others through one bounded chunk. But a
/// mapped file that somebody shortens meanwhile, as a tool does that saves a model again under the same name, kills the process at
/// the next touch (SIGBUS), and Linux has no lock that everyone heeds; a read ends with a message instead.
/// </para>
/// </summary>
internal sealed class SafetensorsFile : IDisposable
{
    /// <summary>Bounds the memory beside the tensors; a whole number of elements of any type.</summary>
    private const int ChunkBytes = 16 << 20;

    private readonly SafeFileHandle _handle;
    private readonly SafetensorsHeader _header;

    private SafetensorsFile(SafeFileHandle handle, SafetensorsHeader header, string path)
    {
        (_handle, _header, Path) = (handle, header, path);
    }

    public string Path { get; }

    public IReadOnlyDictionary<string, SafetensorsEntry> Tensors => _header.Tensors;

    public IReadOnlyDictionary<string, string> Metadata => _header.Metadata;

    public static SafetensorsFile Open(string path)
    {
        var handle = PlainFile.Open(path);
        try
        {
            return new SafetensorsFile(handle, SafetensorsHeader.Read(handle, path), path);
        }
        catch
        {
            handle.Dispose();
            throw;
        }
    }

    /// <summary>Refuses the file unless it holds exactly these tensors in these shapes.</summary>
    public void Require(IEnumerable<(string Name, long[] Shape)> expected) =>
        TensorInventory.Require(Path, Tensors.Keys.ToDictionary(name => name, _ => this, StringComparer.Ordinal), expected);

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
        if (flat.numel() != elements)
            throw new ArgumentException($"tensor {name} has {elements} elements, the target {flat.numel()}", nameof(target));
        var chunk = Math.Min(elements, ChunkBytes / entry.Element.Size);
        if (chunk == 0) return;
        var isDirect = flat.dtype == entry.Element.Scalar && flat.device.type == TorchSharp.DeviceType.CPU && flat.is_contiguous();
        var buffer = isDirect ? null : empty([chunk], entry.Element.Scalar);
        for (long done = 0; done < elements; done += chunk)
        {
            using var piece = NewDisposeScope();
            var count = Math.Min(chunk, elements - done);
            var there = flat.narrow(0, done, count);
            var read = buffer?.narrow(0, 0, count) ?? there;
            ForeignFile.ReadExactly(_handle, read.bytes, _header.DataStart + entry.Begin + done * entry.Element.Size, Path);
            if (!isDirect) there.copy_(read);
        }
    }

    public void Dispose() => _handle.Dispose();
}
