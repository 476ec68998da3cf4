using AttnPo.Core.Credit;
using AttnPo.Gpu;
using static AttnPo.Actors.Protocol.WaveProtocol;

namespace AttnPo.Actors.Pipeline;

/// <summary>
/// What of a wave goes to the trainer, and the step credit that comes of its pass: from here on credit is a weight for each token.
/// Samples are in the order of groups and rollouts. A rollout whose advantage is 0 has no gradient and is left out; so a group without a
/// signal costs no pass.
/// </summary>
internal sealed class TrainingSamples
{
    private readonly PlannedWave _wave;
    private readonly CreditSettings _credit;

    // [group][rollout], filled in as the pass reads attention.
    private readonly StepCredit?[][] _stepCredit;

    /// <param name="wave">To be trained on.</param>
    /// <param name="credit">The method.</param>
    public TrainingSamples(PlannedWave wave, CreditSettings credit)
    {
        (_wave, _credit) = (wave, credit);
        _stepCredit = wave.Recalled is { } recalled
            ? [.. recalled.Groups.Select(group => group.StepCredit.ToArray())]
            : [.. wave.Groups.Select((group, i) => group.Plans.Select((plan, sample) =>
                plan?.Scores is { } scores ? CreditOf(i, sample, scores) : null).ToArray())];
        Samples = [.. WithSignal([.. wave.Groups.Select(group => group.Source)]).Select(r => Of(r.Group, r.Sample))];
    }

    /// <summary>What is trained on.</summary>
    public IReadOnlyList<TrainingSample> Samples { get; }

    /// <summary>Whether the pass reads attention.</summary>
    public bool ReadAttention => Samples.Any(sample => sample.Attention is not null);

    /// <summary>The groups with the credit that the pass gave; once it is over.</summary>
    public IReadOnlyList<ScoredGroup> Scored => [.. _wave.Groups.Zip(_stepCredit, (group, credit) => new ScoredGroup(group.Source, credit))];

    /// <summary>The samples of a wave whose credit the ledger holds.</summary>
    public static IReadOnlyList<TrainingSample> Of(ScoredWave wave) =>
        [.. WithSignal([.. wave.Groups.Select(group => group.Source)])
            .Select(r => Of(wave.Groups[r.Group].Source, r.Sample, wave.Groups[r.Group].StepCredit[r.Sample]))];

    private static IEnumerable<(int Group, int Sample)> WithSignal(JudgedGroup[] groups) =>
        from @group in Enumerable.Range(0, groups.Length)
        from sample in Enumerable.Range(0, groups[@group].Readings.Count)
        where groups[@group].Credit.Advantages[sample] != 0
        select (@group, sample);

    private TrainingSample Of(int group, int sample)
    {
        var judged = _wave.Groups[group].Source;
        if (_stepCredit[group][sample] is { } known) return Of(judged, sample, known);
        if (_wave.Recalled is not null || _wave.Groups[group].Plans[sample] is null) return Of(judged, sample, null);
        var reading = judged.Readings[sample];
        return Plain(judged, sample, []) with
        {
            Attention = new AttentionReading(
                _wave.Heads, reading.ThinkEnd, [.. reading.StepSpans.Select(span => new TokenRange(span.Start, span.End))], Weigh),
        };

        float[] Weigh(double[][] scores)
        {
            var credit = CreditOf(group, sample, StepScores.Mean(scores));
            _stepCredit[group][sample] = credit;
            return Weights(judged, sample, credit);
        }
    }

    private StepCredit CreditOf(int group, int sample, double[] scores)
    {
        var (judged, plan) = (_wave.Groups[group].Source, _wave.Groups[group].Plans[sample]!);
        var factors = StepRescaling.Factors(
            judged.Readings[sample].Verdict, judged.Credit.Advantages[sample], scores, plan.Baseline, judged.Credit.CorrectShare,
            _wave.Attempt.Step.Value, _credit);
        return new StepCredit(scores, plan.Baseline, factors);
    }

    private static TrainingSample Of(JudgedGroup judged, int sample, StepCredit? credit) => Plain(judged, sample, Weights(judged, sample, credit));

    private static TrainingSample Plain(JudgedGroup judged, int sample, float[] weights)
    {
        var completion = judged.Source.Completions[sample];
        return new TrainingSample(judged.Source.Source.Tokens, completion.Tokens, weights, GeneratorLogProbs: completion.LogProbs);
    }

    private static float[] Weights(JudgedGroup judged, int sample, StepCredit? credit)
    {
        var (advantage, tokens) = (judged.Credit.Advantages[sample], judged.Source.Completions[sample].Tokens.Length);
        return credit is null
            ? StepRescaling.TokenWeights(advantage, tokens, [], [])
            : StepRescaling.TokenWeights(advantage, tokens, judged.Readings[sample].StepSpans, credit.Factors);
    }
}
