using AttnPo.Gpu.Model;
using AttnPo.Gpu.Scoring;

namespace AttnPo.Gpu;

/// <summary>
/// Step scores that are read, without a gradient, in the forward pass that trains, before its loss is taken: the response's weights
/// follow from them, and the scores cost no pass of their own. They are what <see cref="IScorer"/> would answer.
/// </summary>
/// <param name="Heads">The heads; the same for all samples of a call.</param>
/// <param name="ThinkEnd">As in <see cref="ScoreRequest"/>, at least 0.</param>
/// <param name="Steps">As there.</param>
/// <param name="Weigh">
/// [head][step] scores, heads in their order -> the weight of each response token. Called once, on the trainer's thread; what it throws
/// ends the call.
/// </param>
public sealed record AttentionReading(
    IReadOnlyList<HeadId> Heads, int ThinkEnd, IReadOnlyList<TokenRange> Steps, Func<double[][], float[]> Weigh)
{
    internal void Require(int responseLength, ModelConfig config, int index)
    {
        if (ThinkEnd < 0) throw new ArgumentException($"sequence {index}: think end {ThinkEnd} is not a position of the response");
        ScoreRanges.Require(ThinkEnd, Steps, responseLength, index);
        foreach (var head in Heads) ScoreRanges.RequireHead(head, config);
    }

    /// <summary>The heads of all readings of a call; none where there is no reading.</summary>
    internal static IReadOnlyList<HeadId> HeadsOf(IReadOnlyList<TrainingSample> samples)
    {
        IReadOnlyList<HeadId> heads = [];
        foreach (var attention in samples.Select(sample => sample.Attention).OfType<AttentionReading>())
        {
            if (heads.Count > 0 && !heads.SequenceEqual(attention.Heads)) throw new ArgumentException("samples of a call read different heads");
            heads = attention.Heads;
        }
        return heads;
    }
}
