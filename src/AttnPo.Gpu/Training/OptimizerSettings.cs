using AttnPo.Gpu.Model;

namespace AttnPo.Gpu.Training;

/// <summary>AdamW and the clips of the policy loss; the learning rate comes with each update.</summary>
public sealed record OptimizerSettings
{
    /// <summary>Decay of the running mean of gradients.</summary>
    public double Beta1 { get; init; } = 0.9;

    /// <summary>Decay of the running mean of squared gradients.</summary>
    public double Beta2 { get; init; } = 0.999;

    /// <summary>Added to the root of the mean square.</summary>
    public double Epsilon { get; init; } = 1e-8;

    /// <summary>Share of a weight taken off in each update, times the learning rate; of all weights.</summary>
    public double WeightDecay { get; init; } = 0.01;

    /// <summary>Longest gradient; a longer one is scaled down to it.</summary>
    public double ClipNorm { get; init; } = 1;

    /// <summary>How far from 1 the probability ratio pays.</summary>
    public double PpoClip { get; init; } = 0.2;

    /// <summary>Largest ratio that still pushes a token of negative advantage down; above 1.</summary>
    public double DualClip { get; init; } = 3;

    /// <summary>Positions computed at once, padding included; bounds the memory of a pass.</summary>
    public int MicroBatchTokens { get; init; } = 4096;

    /// <summary>Whether backward computes each layer once more, so that one layer's activations are held instead of all layers'.</summary>
    public bool Recompute { get; init; } = true;

    /// <summary>Type of products and attention; weights, residual stream, norms, loss and optimizer state are 32-bit floats always.</summary>
    public NumberFormat Compute { get; init; } = NumberFormat.Float32;

    /// <summary>Logits, rows times vocabulary, that exist at once; bounds the memory of the output head.</summary>
    public long LogitElements { get; init; } = LogitChunks.Elements;

    /// <summary>
    /// Most that the ratio of the trainer's probability to the generator's weighs a token; 0: tokens are not weighed by it (they
    /// are taken for on-policy).
    /// </summary>
    public double ImportanceCap { get; init; }

    /// <summary>Refuses values out of range.</summary>
    internal void Validate()
    {
        Require(Beta1 is >= 0 and < 1, nameof(Beta1), Beta1, "0 to below 1");
        Require(Beta2 is >= 0 and < 1, nameof(Beta2), Beta2, "0 to below 1");
        Require(Epsilon > 0, nameof(Epsilon), Epsilon, "above 0");
        Require(WeightDecay >= 0, nameof(WeightDecay), WeightDecay, "0 or more");
        Require(ClipNorm > 0, nameof(ClipNorm), ClipNorm, "above 0");
        Require(PpoClip is > 0 and < 1, nameof(PpoClip), PpoClip, "between 0 and 1");
        Require(DualClip > 1, nameof(DualClip), DualClip, "above 1");
        Require(ImportanceCap >= 0, nameof(ImportanceCap), ImportanceCap, "0 or more");
        Require(LogitElements > 0, nameof(LogitElements), LogitElements, "above 0");
        Require(MicroBatchTokens > 0, nameof(MicroBatchTokens), MicroBatchTokens, "above 0");

        static void Require(bool holds, string name, double value, string expected)
        {
            if (!holds) throw new ArgumentException($"{name} is {value}; expected {expected}");
        }
    }
}
