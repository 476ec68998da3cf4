using AttnPo.Gpu;
using static AttnPo.Actors.Protocol.WaveProtocol;

namespace AttnPo.Actors.Pipeline;

/// <summary>One rollout that is read once more by the trainer's policy: what a step without a signal knows of gap and entropy.</summary>
internal sealed record ScoreProbe(int[] Prompt, Completion Rollout)
{
    /// <summary>The first rollout of a wave; null where it has none.</summary>
    public static ScoreProbe? Of(ScoredWave wave) =>
        wave.Groups.Select(group => group.Source.Source).FirstOrDefault(group => group.Completions.Count > 0) is { } group
            ? new(group.Source.Tokens, group.Completions[0])
            : null;

    /// <summary>Its sums, as if it had been trained on with weights of 0.</summary>
    public LossSums Measure(IScorer scorer, CancellationToken cancellation)
    {
        var scores = scorer.Score([new ScoreRequest(Prompt, Rollout.Tokens, -1, [])], [], cancellation)[0];
        double[] gaps = [.. scores.LogProbs.Zip(Rollout.LogProbs, (trainer, generator) => Math.Abs((double)trainer - generator))];
        return LossSums.None with
        {
            NegativeLogLikelihood = -scores.LogProbs.Sum(p => (double)p),
            Entropy = scores.Entropies.Sum(e => (double)e),
            Tokens = Rollout.Tokens.Length,
            LogProbGap = gaps.Sum(),
            MaxLogProbGap = gaps.Max(),
        };
    }
}
