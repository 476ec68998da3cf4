using AttnPo.Gpu;

namespace AttnPo.Actors.Pipeline;

/// <summary>The two uses of the learner's policy. They share its weights, so they share its thread.</summary>
/// <param name="Trainer">Accumulates and updates.</param>
/// <param name="Scorer">Reads attention between two updates.</param>
/// <param name="Owner">What holds both, and ends with them.</param>
public sealed record LearnerEngine(ITrainer Trainer, IScorer Scorer, IDisposable Owner) : IDisposable
{
    /// <inheritdoc/>
    public void Dispose() => Owner.Dispose();
}
