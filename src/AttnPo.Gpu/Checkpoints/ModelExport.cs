using AttnPo.Gpu.Model;

namespace AttnPo.Gpu.Checkpoints;

/// <summary>The type in which weights are exported.</summary>
public enum ExportFormat
{
    /// <summary>Each tensor's own, so that its bytes stay as they are.</summary>
    Stored,

    /// <summary>
    /// The one that <c>config.json</c> names: a checkpoint in 32-bit floats goes back to the type of the model that it started from.
    /// </summary>
    Configured,

    /// <summary>32-bit floats.</summary>
    Float32,

    /// <summary>bfloat16.</summary>
    BFloat16,

    /// <summary>16-bit floats of IEEE 754.</summary>
    Float16,
}

/// <summary>What an export wrote.</summary>
/// <param name="Tensors">How many.</param>
/// <param name="Bytes">Of the tensors.</param>
/// <param name="Files">That hold them.</param>
/// <param name="Types">That they have now, as <c>config.json</c> names types.</param>
public sealed record ExportSummary(int Tensors, long Bytes, int Files, IReadOnlyList<string> Types);

/// <summary>Writes a folder's configuration and weights anew, as Hugging Face tools load them. One tensor is in memory at a time.</summary>
public static class ModelExport
{
    /// <summary>
    /// Writes into an existing directory that holds neither, flushed to disk. Exactly the model's tensors are written: a second copy
    /// of a tied head and rotary frequencies, which some tools store, are left out.
    /// </summary>
    /// <param name="source">The folder to read.</param>
    /// <param name="target">The directory to write to.</param>
    /// <param name="format">The type of the weights.</param>
    /// <param name="shardBytes">Most bytes of tensors in a file; what has more is split, with an index.</param>
    /// <param name="cancellation">Heard between two tensors; what is written then is not whole.</param>
    /// <exception cref="InvalidDataException">A file is damaged or does not fit the configuration; the message names file and tensor.</exception>
    public static ExportSummary Write(
        string source, string target, ExportFormat format, long shardBytes, CancellationToken cancellation = default)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(shardBytes, 1);
        var configFile = Path.Combine(source, ConfigFile.Name);
        var json = ConfigFile.ReadBytes(configFile);
        var config = ConfigFile.Parse(json, configFile);
        using var files = CheckpointFiles.Open(source, config);
        ElementType? type = format switch
        {
            ExportFormat.Stored => null,
            ExportFormat.Configured => ConfigDtype.Read(json, configFile),
            ExportFormat.Float32 => ElementTypes.F32,
            ExportFormat.BFloat16 => ElementTypes.BF16,
            ExportFormat.Float16 => ElementTypes.F16,
            _ => throw new ArgumentOutOfRangeException(nameof(format), format, "unknown"),
        };
        PlannedTensor[] planned =
            [.. WeightShapes.Of(config).Select(w => new PlannedTensor(w.Name, w.Shape, type ?? files.StoredType(w.Name)))];
        ElementType[] types = [.. planned.Select(tensor => tensor.Element).Distinct()];
        // No one name fits a mixture: there the configuration says what it said.
        WriteConfig(Path.Combine(target, ConfigFile.Name), types is [var only] ? ConfigDtype.Replace(json, only) : json);
        var shards = Split(planned, shardBytes);
        for (var i = 0; i < shards.Count; i++)
        {
            SafetensorsWriter.Write(
                Path.Combine(target, ShardName(i, shards.Count)), shards[i], files, HuggingFaceModel.FileMetadata, cancellation);
        }
        var bytes = planned.Sum(tensor => tensor.Bytes);
        if (shards.Count > 1)
        {
            ShardIndex.Write(
                Path.Combine(target, ShardIndex.Name),
                shards.SelectMany((shard, i) => shard.Select(tensor => (tensor.Name, ShardName(i, shards.Count)))), bytes);
        }
        return new ExportSummary(planned.Length, bytes, shards.Count, [.. types.Select(written => written.ConfigName)]);
    }

    private static string ShardName(int index, int count) =>
        count == 1 ? CheckpointFiles.SingleFile : $"model-{index + 1:D5}-of-{count:D5}.safetensors";

    /// <summary>In the model's order, each file as full as it gets; a tensor beyond the limit has a file of its own.</summary>
    private static List<List<PlannedTensor>> Split(IReadOnlyList<PlannedTensor> planned, long shardBytes)
    {
        var shards = new List<List<PlannedTensor>>();
        long used = 0;
        foreach (var tensor in planned)
        {
            if (shards.Count == 0 || tensor.Bytes > shardBytes - used)
            {
                shards.Add([]);
                used = 0;
            }
            shards[^1].Add(tensor);
            used += tensor.Bytes;
        }
        return shards;
    }

    private static void WriteConfig(string path, byte[] json)
    {
        using var stream = new FileStream(path, FileMode.CreateNew, FileAccess.Write);
        stream.Write(json);
        stream.Flush(flushToDisk: true);
    }
}
