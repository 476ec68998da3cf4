using AttnPo.Gpu;

namespace AttnPo.Actors.Pipeline;

/// <summary>The two uses of the learner's policy. They share its weights, so they share its thread.</summary>
/// <param name="Trainer">Accumulates and updates.</param>
/// <param name="Scorer">Reads attention between two updates.</param>
/// <param name="Owner">What holds both, and ends with them.</param>
public sealed record LearnerEngine(ITrainer Trainer, IScorer Scorer, IDisposable Owner) : IDisposable
{
    /// <summary>Names heads in the folder of a checkpoint, flushed to disk; null: it goes without.</summary>
    public Action<string, IReadOnlyList<HeadId>>? WriteHeads { get; init; }

    /// <summary>What writes a checkpoint into a folder.</summary>
    /// <param name="heads">The heads in use; null: those of the start model, which go with it.</param>
    public Action<string> Saver(IReadOnlyList<HeadId>? heads) => directory =>
    {
        Trainer.SaveCheckpoint(directory);
        if (heads is not null) WriteHeads?.Invoke(directory, heads);
    };

    /// <inheritdoc/>
    public void Dispose() => Owner.Dispose();
}
