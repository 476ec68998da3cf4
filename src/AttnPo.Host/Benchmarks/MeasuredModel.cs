using AttnPo.Gpu;
using AttnPo.Gpu.Checkpoints;
using AttnPo.Gpu.Generation;
using AttnPo.Gpu.Model;
using AttnPo.Host.Models;

namespace AttnPo.Host.Benchmarks;

/// <summary>A checkpoint, or a shape with random weights.</summary>
internal sealed class MeasuredModel
{
    private readonly ModelFolder? _folder;

    private MeasuredModel(ModelConfig config, ModelFolder? folder) => (Config, _folder) = (config, folder);

    /// <summary>Its shape.</summary>
    public ModelConfig Config { get; }

    /// <summary>A folder, or a shipped model.</summary>
    public static MeasuredModel Of(ModelFolder folder) => new(folder.Config, folder);

    /// <summary>A shape of <see cref="ModelShapes"/>.</summary>
    public static MeasuredModel Random(string shape) => new(ModelShapes.Named(shape), null);

    /// <summary>The model, to train or to score with.</summary>
    public Decoder Decoder(string device) => _folder is null
        ? Gpu.Model.Decoder.Random(Config, seed: 1, device)
        : HuggingFaceModel.Load(_folder.Directory, device).Decoder;

    /// <summary>A generator over it. Of random weights the model is made first, so its memory counts in the peak.</summary>
    public Generator Generator(string device, int rows, NumberFormat format)
    {
        if (_folder is not null) return Gpu.Generation.Generator.Load(_folder.Directory, Config, device, rows, format);
        using var decoder = Decoder(device);
        return Gpu.Generation.Generator.Of(decoder, device, rows, format);
    }
}
