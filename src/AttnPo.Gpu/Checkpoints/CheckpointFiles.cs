using System.Text.RegularExpressions;
using AttnPo.Gpu.Model;
using static TorchSharp.torch;

namespace AttnPo.Gpu.Checkpoints;

/// <summary>
/// The weights of a Hugging Face folder, in one file or in many, checked against the model that its configuration describes; read
/// tensor by tensor when they are asked for. Where a folder has both <c>model.safetensors</c> and an index, the single file counts,
/// as it does for Hugging Face's own loader.
/// </summary>
internal sealed partial class CheckpointFiles : IWeightSource, IDisposable
{
    internal const string SingleFile = "model.safetensors";

    private readonly List<SafetensorsFile> _files = [];
    private readonly Dictionary<string, SafetensorsFile> _holders = new(StringComparer.Ordinal);

    // Memory that is lent, by type: as much as the largest tensor so far. Kept, since blocks of all sizes that come and go leave
    // holes in which the next large one finds no place.
    private readonly Dictionary<ScalarType, Tensor> _rooms = [];

    private CheckpointFiles()
    {
    }

    /// <summary>Opens a folder's weights; nothing but headers is read yet.</summary>
    /// <exception cref="InvalidDataException">They are damaged, or not those of the model; names file and tensor.</exception>
    public static CheckpointFiles Open(string directory, ModelConfig config)
    {
        var opened = new CheckpointFiles();
        try
        {
            var (single, index) = (Path.Combine(directory, SingleFile), Path.Combine(directory, ShardIndex.Name));
            if (!Path.Exists(single) && !Path.Exists(index))
                throw new InvalidDataException(
                    $"{directory}: holds no weights: neither {SingleFile} nor {ShardIndex.Name} is there; pytorch_model.bin is not read");
            var isSharded = !Path.Exists(single);
            if (isSharded) opened.AddShards(directory, index);
            else opened.Add(SafetensorsFile.Open(single));
            TensorInventory.Require(isSharded ? index : single, opened._holders, opened.Expected(config), IsSurplus);
            return opened;
        }
        catch
        {
            opened.Dispose();
            throw;
        }
    }

    /// <summary>The type in which a tensor is stored.</summary>
    public ElementType StoredType(string name) => _holders[name].Tensors[name].Element;

    /// <summary>Lends a weight in the type that it is stored in. For one thread at a time.</summary>
    public void Read(string name, Action<Tensor> use)
    {
        var entry = _holders[name].Tensors[name];
        using var scope = NewDisposeScope();
        var lent = Room(entry.Element, (entry.End - entry.Begin) / entry.Element.Size).view(entry.Shape);
        ReadInto(name, lent);
        use(lent);
    }

    /// <summary>Reads a tensor into one of the same shape, whatever the two types are.</summary>
    public void ReadInto(string name, Tensor target) => _holders[name].ReadInto(name, target);

    public void Dispose()
    {
        foreach (var room in _rooms.Values) room.Dispose();
        foreach (var file in _files) file.Dispose();
    }

    private Tensor Room(ElementType element, long elements)
    {
        if (!_rooms.TryGetValue(element.Scalar, out var room) || room.numel() < elements)
        {
            room?.Dispose();
            _rooms[element.Scalar] = room = empty([elements], element.Scalar).DetachFromDisposeScope();
        }
        return room.narrow(0, 0, elements);
    }

    private void AddShards(string directory, string index)
    {
        var listed = ShardIndex.Read(index);
        foreach (var shard in listed.Values.Distinct(StringComparer.Ordinal))
        {
            var path = Path.Combine(directory, shard);
            if (!Path.Exists(path)) throw new InvalidDataException($"{index}: names {shard}, which is missing");
            var file = Add(SafetensorsFile.Open(path));
            // At once, so that what a folder's headers cost is bounded by its index.
            foreach (var name in file.Tensors.Keys)
            {
                if (!listed.TryGetValue(name, out var place))
                    throw new InvalidDataException($"{path}: tensor {name} is not in {ShardIndex.Name}");
                if (place != shard)
                    throw new InvalidDataException($"{path}: tensor {name} is here; expected in {place}, where {ShardIndex.Name} has it");
            }
        }
        foreach (var (name, shard) in listed)
        {
            if (_holders.ContainsKey(name)) continue;
            throw new InvalidDataException(
                $"{Path.Combine(directory, shard)}: tensor {name} is missing; {ShardIndex.Name} has it here");
        }
    }

    private SafetensorsFile Add(SafetensorsFile file)
    {
        _files.Add(file);
        foreach (var name in file.Tensors.Keys) _holders[name] = file;
        return file;
    }

    /// <summary>Some writers store the head of a tied model a second time; it is checked like the rest but not read.</summary>
    private IEnumerable<(string Name, long[] Shape)> Expected(ModelConfig config)
    {
        var shapes = WeightShapes.Of(config);
        return config.TiedHead && _holders.ContainsKey(WeightShapes.Head)
            ? shapes.Append((WeightShapes.Head, [config.VocabularySize, config.HiddenSize]))
            : shapes;
    }

    // What older tools store beside the weights: it follows from the configuration, and is computed from it here.
    private static bool IsSurplus(string name) => RotaryFrequencies().IsMatch(name);

    [GeneratedRegex(@"\Amodel\.(layers\.[0-9]+\.self_attn\.)?rotary_emb\.inv_freq\z")]
    private static partial Regex RotaryFrequencies();
}
