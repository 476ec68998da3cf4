using AttnPo.Core.Credit;
using AttnPo.Gpu;
using static AttnPo.Actors.Protocol.WaveProtocol;

namespace AttnPo.Actors.Pipeline;

/// <summary>What of a wave goes to the trainer: from here on credit is a weight for each token.</summary>
internal static class TrainingSamples
{
    /// <summary>
    /// Samples in the order of groups and rollouts. A rollout whose advantage is 0 has no gradient and is left out; so a group
    /// without a signal costs no pass.
    /// </summary>
    public static IReadOnlyList<TrainingSample> Of(ScoredWave wave) =>
        [.. from scored in wave.Groups
            from sample in Enumerable.Range(0, scored.StepCredit.Count)
            where scored.Source.Credit.Advantages[sample] != 0
            select Of(scored, sample)];

    private static TrainingSample Of(ScoredGroup scored, int sample)
    {
        var completion = scored.Source.Source.Completions[sample];
        var advantage = scored.Source.Credit.Advantages[sample];
        var weights = scored.StepCredit[sample] is { } credit
            ? StepRescaling.TokenWeights(advantage, completion.Tokens.Length, scored.Source.Readings[sample].StepSpans, credit.Factors)
            : StepRescaling.TokenWeights(advantage, completion.Tokens.Length, [], []);
        return new TrainingSample(
            scored.Source.Source.Source.Tokens, completion.Tokens, weights, GeneratorLogProbs: completion.LogProbs);
    }
}
