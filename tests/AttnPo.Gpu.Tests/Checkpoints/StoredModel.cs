using AttnPo.Gpu.Checkpoints;
using AttnPo.Gpu.Model;
using static TorchSharp.torch;

namespace AttnPo.Gpu.Tests.Checkpoints;

/// <summary>Small folders in every layout, and what lies in them byte for byte.</summary>
internal static class StoredModel
{
    public const string Tied = "one-query-head-a-key";
    public const string Untied = "two-query-heads-a-key-untied";

    /// <summary>Bytes of a shard at which the small models come to several.</summary>
    public const long ShardBytes = 20_000;

    /// <summary>Writes a reference model in a type, in one file or in shards; the folder.</summary>
    public static string Write(TemporaryFolder folder, string fixture, ExportFormat format, bool isSharded)
    {
        var path = folder.New($"{fixture}-{format}-{isSharded}");
        ModelExport.Write(ReferenceFixture.Folder(fixture), path, format, isSharded ? ShardBytes : long.MaxValue);
        return path;
    }

    /// <summary>All tensors of a folder as they are stored, their bytes in hexadecimal.</summary>
    public static IReadOnlyList<(string Name, string Type, string Bytes)> Tensors(string folder)
    {
        var config = ModelConfig.Load(folder);
        using var files = CheckpointFiles.Open(folder, config);
        var tensors = new List<(string, string, string)>();
        foreach (var (name, _) in WeightShapes.Of(config))
            files.Read(name, tensor => tensors.Add((name, files.StoredType(name).Name, Convert.ToHexString(tensor.bytes))));
        return tensors;
    }

    /// <summary>The weights of a folder as a model in memory has them.</summary>
    public static float[] Values(string folder)
    {
        using var model = HuggingFaceModel.Load(folder);
        return model.Decoder.Values();
    }

    /// <summary>Writes the weights of a folder again, changed.</summary>
    public static void Change(string folder, Func<IEnumerable<(string Name, Tensor Value)>, IEnumerable<(string, Tensor)>> change)
    {
        using var scope = NewDisposeScope();
        using var model = HuggingFaceModel.Load(folder);
        var file = Path.Combine(folder, "model.safetensors");
        File.Delete(file);
        SafetensorsWriter.Write(file, [.. change(model.Decoder.Weights.Select(w => (w.Name, (Tensor)w.Weight)))]);
    }
}
