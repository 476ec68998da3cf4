using AttnPo.Gpu;
using AttnPo.Host.Models;

namespace AttnPo.Host.Probing;

/// <summary>
/// Generator and scorer over a folder's weights, each loaded at its first use: a probe of given responses generates nothing, and who only
/// holds it as a scorer costs nothing yet.
/// </summary>
internal sealed class ProbeEngines(ModelFolder folder, string device, NumberFormat format) : IScorer, IDisposable
{
    private IGenerator? _generator;
    private Owned<IScorer>? _scorer;

    /// <summary>Samples responses.</summary>
    public IGenerator Generator => _generator ??= EngineFactory.Generator(folder, device, format);

    /// <inheritdoc/>
    public IReadOnlyList<ResponseScores> Score(
        IReadOnlyList<ScoreRequest> requests, IReadOnlyList<HeadId> heads, CancellationToken cancellation = default) =>
        (_scorer ??= EngineFactory.Scorer(folder, device, format)).Value.Score(requests, heads, cancellation);

    /// <summary>Gives the generator's memory back until it is needed again.</summary>
    public void CloseGenerator()
    {
        _generator?.Dispose();
        _generator = null;
    }

    /// <summary>Gives the scorer's memory back until it is needed again.</summary>
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
