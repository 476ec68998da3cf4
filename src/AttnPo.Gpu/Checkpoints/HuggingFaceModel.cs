using AttnPo.Gpu.Model;
using static TorchSharp.torch;

namespace AttnPo.Gpu.Checkpoints;

/// <summary>
/// A decoder and the configuration text it came with. A folder holds <c>config.json</c> and <c>model.safetensors</c>; the
/// configuration is carried through word for word, so that what this engine does not read is not lost.
/// </summary>
public sealed class HuggingFaceModel : IDisposable
{
    internal const string WeightsFile = "model.safetensors";

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
        using var file = OpenWeights(directory, config);
        var decoder = new Decoder(config, TorchSharp.torch.device(device));
        try
        {
            Fill(decoder, file);
            return new HuggingFaceModel(decoder, json);
        }
        catch
        {
            decoder.Dispose();
            throw;
        }
    }

    /// <summary>Writes both files into an existing directory that holds neither, flushed to disk.</summary>
    public void Save(string directory)
    {
        using (var stream = new FileStream(Path.Combine(directory, ConfigFile.Name), FileMode.CreateNew, FileAccess.Write))
        {
            stream.Write(_config);
            stream.Flush(flushToDisk: true);
        }
        SafetensorsWriter.Write(
            Path.Combine(directory, WeightsFile),
            [.. Decoder.Weights.Select(w => (w.Name, (Tensor)w.Weight))],
            new Dictionary<string, string> { ["format"] = "pt" });
    }

    /// <summary>Opens the weights of a folder that must describe the very model given; nothing is read yet.</summary>
    internal static SafetensorsFile OpenWeightsFor(Decoder decoder, string directory)
    {
        var (config, _) = ReadConfig(directory);
        if (config != decoder.Config)
        {
            throw new InvalidDataException(
                $"{Path.Combine(directory, ConfigFile.Name)}: describes another model: {config}; expected {decoder.Config}");
        }
        return OpenWeights(directory, config);
    }

    internal static void Fill(Decoder decoder, SafetensorsFile file)
    {
        foreach (var (name, weight) in decoder.Weights) file.ReadInto(name, weight);
    }

    private static (ModelConfig Config, byte[] Json) ReadConfig(string directory)
    {
        var path = Path.Combine(directory, ConfigFile.Name);
        var bytes = ConfigFile.ReadBytes(path);
        return (ConfigFile.Parse(bytes, path), bytes);
    }

    private static SafetensorsFile OpenWeights(string directory, ModelConfig config)
    {
        var file = SafetensorsFile.Open(Path.Combine(directory, WeightsFile));
        try
        {
            file.Require(Expected(config, file));
            return file;
        }
        catch
        {
            file.Dispose();
            throw;
        }
    }

    /// <summary>Some writers store the head of a tied model a second time; it is checked like the rest but not read.</summary>
    private static IEnumerable<(string Name, long[] Shape)> Expected(ModelConfig config, SafetensorsFile file)
    {
        var shapes = WeightShapes.Of(config);
        return config.TiedHead && file.Tensors.ContainsKey(WeightShapes.Head)
            ? shapes.Append((WeightShapes.Head, [config.VocabularySize, config.HiddenSize]))
            : shapes;
    }

    /// <inheritdoc/>
    public void Dispose() => Decoder.Dispose();
}
