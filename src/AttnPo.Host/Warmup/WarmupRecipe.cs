using AttnPo.Core.Data;
using AttnPo.Gpu.Model;

namespace AttnPo.Host.Warmup;

/// <summary>A part of the curriculum: how many updates, on how many traces each, of which task.</summary>
internal sealed record WarmupStage(string Name, int Updates, int BatchSize, TinyTaskSettings Task);

/// <summary>
/// How the tiny reasoner is made from nothing. Easy programs come first, and overthinking is added last: digit facts and look-ups
/// by name are learned on short responses, where an update is cheap; without that order they are not learned in the time at all.
/// </summary>
internal sealed record WarmupRecipe
{
    /// <summary>The stages in order; the last is the task that the default run trains on.</summary>
    public IReadOnlyList<WarmupStage> Stages { get; init; } =
    [
        new("short programs", 400, 32, new TinyTaskSettings { MinOperations = 1, MaxOperations = 4, Redundancy = 2, Lines = RedundantLines.Values }),
        new("long programs", 600, 16, new TinyTaskSettings { MinOperations = 3, MaxOperations = 6, Redundancy = 2, Lines = RedundantLines.Values }),
        new("overthinking", 500, 16, new TinyTaskSettings()),
    ];

    /// <summary>The highest learning rate.</summary>
    public double LearningRate { get; init; } = 3e-3;

    /// <summary>Updates in which the rate rises from 0.</summary>
    public int RiseUpdates { get; init; } = 50;

    /// <summary>The share of the updates after which the rate falls, along a cosine, to a fiftieth.</summary>
    public double HoldShare { get; init; } = 0.6;

    /// <summary>All updates.</summary>
    public int Updates => Stages.Sum(s => s.Updates);

    /// <summary>The learning rate of an update, counted from 0.</summary>
    public double RateAt(int update)
    {
        const double Floor = 0.02;
        if (update < RiseUpdates) return LearningRate * (update + 1) / RiseUpdates;
        var hold = HoldShare * Updates;
        if (update < hold) return LearningRate;
        var done = (update - hold) / (Updates - hold);
        return LearningRate * (Floor + (1 - Floor) * (1 + Math.Cos(Math.PI * done)) / 2);
    }

    /// <summary>The model: Qwen2-style, 0.8 million parameters.</summary>
    public static ModelConfig Model(int vocabularySize) => new(
        HiddenSize: 128, IntermediateSize: 384, Layers: 4, Heads: 4, KeyValueHeads: 2, HeadSize: 32,
        VocabularySize: vocabularySize, MaxPositions: 1024, RmsNormEpsilon: 1e-6, RopeTheta: 10000, TiedHead: true);
}
