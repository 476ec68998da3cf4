using AttnPo.Gpu;
using AttnPo.Gpu.Checkpoints;
using AttnPo.Gpu.Generation;
using AttnPo.Gpu.Scoring;

namespace AttnPo.Host.Models;

/// <summary>Engines over a folder's weights for commands that train nothing.</summary>
internal static class EngineFactory
{
    /// <summary>A generator that holds the folder's weights.</summary>
    public static Generator Generator(ModelFolder folder, string device, NumberFormat format) =>
        Gpu.Generation.Generator.Load(folder.Directory, folder.Config, device, format: format);

    /// <summary>A scorer over the folder's weights, which live as long as the owner.</summary>
    public static Owned<IScorer> Scorer(ModelFolder folder, string device, NumberFormat compute)
    {
        var model = HuggingFaceModel.Load(folder.Directory, device);
        return new(new Scorer(model.Decoder, compute: compute), model);
    }
}

/// <summary>A value with what must be disposed after its use.</summary>
internal sealed record Owned<T>(T Value, IDisposable Owner) : IDisposable
{
    /// <inheritdoc/>
    public void Dispose() => Owner.Dispose();
}
