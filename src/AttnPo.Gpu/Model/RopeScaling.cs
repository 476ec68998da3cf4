namespace AttnPo.Gpu.Model;

/// <summary>
/// The scaling of rotary frequencies that configurations call <c>llama3</c>: waves longer than the context of the first training
/// are slowed down, short ones stay, those between are blended.
/// </summary>
/// <param name="Factor">By how much long waves are slowed down.</param>
/// <param name="LowFrequencyFactor">Waves longer than the original context over this are long.</param>
/// <param name="HighFrequencyFactor">Waves shorter than the original context over this are short.</param>
/// <param name="OriginalMaxPositions">The context of the first training.</param>
public sealed record RopeScaling(double Factor, double LowFrequencyFactor, double HighFrequencyFactor, int OriginalMaxPositions);
