using AttnPo.Gpu.Model;
using static TorchSharp.torch;

namespace AttnPo.Gpu.Checkpoints;

/// <summary>
/// A decoder and the configuration text it came with. A folder holds <c>config.json</c> and <c>model.safetensors</c>, or the latter
/// in shards with an index; the configuration is carried through word for word, so that what this engine does not read is not lost.
/// </summary>
public sealed class HuggingFaceModel : IDisposable
{
    // Hugging Face's loader refuses files that do not name their origin.
    internal static readonly IReadOnlyDictionary<string, string> FileMetadata = new Dictionary<string, string> { ["format"] = "pt" };

    private readonly byte[] _config;

    private HuggingFaceModel(Decoder decoder, byte[] config)
    {
        (Decoder, _config) = (decoder, config);
    }

    /// <summary>The model.</summary>
    public Decoder Decoder { get; }

    /// <summary>Wraps a model that did not come from a folder.</summary>
    public static HuggingFaceModel Of(Decoder decoder) => new(decoder, System.Text.Encoding.UTF8.GetBytes(decoder.Config.ToJson()));

    /// <summary>Loads a folder; weights stored in other types become 32-bit floats.</summary>
    /// <exception cref="InvalidDataException">A file is damaged or does not fit the configuration; the message names file and tensor.</exception>
    public static HuggingFaceModel Load(string directory, string device = "cpu")
    {
        var (config, json) = ReadConfig(directory);
        using var files = CheckpointFiles.Open(directory, config);
        var decoder = new Decoder(config, TorchSharp.torch.device(device));
        try
        {
            Fill(decoder, files);
            return new HuggingFaceModel(decoder, json);
        }
        catch
        {
            decoder.Dispose();
            throw;
        }
    }

    /// <summary>Checks configuration and headers of a folder, without reading weights.</summary>
    /// <exception cref="InvalidDataException">A file is damaged or does not fit the configuration; the message names file and tensor.</exception>
    public static void Check(string directory)
    {
        var (config, _) = ReadConfig(directory);
        CheckpointFiles.Open(directory, config).Dispose();
    }

    /// <summary>Writes configuration and weights, in one file, into an existing directory that holds neither, flushed to disk.</summary>
    public void Save(string directory)
    {
        using (var stream = new FileStream(Path.Combine(directory, ConfigFile.Name), FileMode.CreateNew, FileAccess.Write))
        {
            stream.Write(_config);
            stream.Flush(flushToDisk: true);
        }
        SafetensorsWriter.Write(
            Path.Combine(directory, CheckpointFiles.SingleFile),
            [.. Decoder.Weights.Select(w => (w.Name, (Tensor)w.Weight))],
            FileMetadata);
    }

    /// <summary>Opens the weights of a folder that must describe the very model given; nothing is read yet.</summary>
    internal static CheckpointFiles OpenWeightsFor(Decoder decoder, string directory)
    {
        var (config, _) = ReadConfig(directory);
        if (config != decoder.Config)
        {
            throw new InvalidDataException(
                $"{Path.Combine(directory, ConfigFile.Name)}: describes another model: {config}; expected {decoder.Config}");
        }
        return CheckpointFiles.Open(directory, config);
    }

    internal static void Fill(Decoder decoder, CheckpointFiles files)
    {
        foreach (var (name, weight) in decoder.Weights) files.ReadInto(name, weight);
    }

    private static (ModelConfig Config, byte[] Json) ReadConfig(string directory)
    {
        var path = Path.Combine(directory, ConfigFile.Name);
        var bytes = ConfigFile.ReadBytes(path);
        return (ConfigFile.Parse(bytes, path), bytes);
    }

    /// <inheritdoc/>
    public void Dispose() => Decoder.Dispose();
}
