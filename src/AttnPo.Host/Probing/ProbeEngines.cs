using AttnPo.Gpu;
using AttnPo.Host.Models;

namespace AttnPo.Host.Probing;

/// <summary>Generator and scorer over a folder's weights, each loaded at its first use: a probe of given responses generates nothing.</summary>
internal sealed class ProbeEngines(ModelFolder folder, string device, NumberFormat format) : IDisposable
{
    private IGenerator? _generator;
    private Owned<IScorer>? _scorer;

    /// <summary>Samples responses.</summary>
    public IGenerator Generator => _generator ??= EngineFactory.Generator(folder, device, format);

    /// <summary>Reads attention.</summary>
    public IScorer Scorer => (_scorer ??= EngineFactory.Scorer(folder, device, format)).Value;

    /// <summary>Gives the generator's memory back until it is needed again.</summary>
    public void CloseGenerator()
    {
        _generator?.Dispose();
        _generator = null;
    }

    /// <summary>Gives the scorer's memory back until it is needed again; who holds it must not use it any more.</summary>
    public void CloseScorer()
    {
        _scorer?.Dispose();
        _scorer = null;
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        CloseGenerator();
        CloseScorer();
    }
}
