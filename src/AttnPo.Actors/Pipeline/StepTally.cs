using AttnPo.Actors.Protocol;
using AttnPo.Core.Data;
using AttnPo.Core.Probing;
using AttnPo.Core.Verification;
using AttnPo.Gpu;
using static AttnPo.Actors.Protocol.WaveProtocol;

namespace AttnPo.Actors.Pipeline;

/// <summary>
/// Counts a step while its waves come in: how each group ended, and the step's metrics. Sums are taken in wave order, so the
/// figures are the same in every run. The figures that every line has are 0 where there was nothing to count, as when no rollout
/// could be verified (rollout/failed and rollout/over_budget sum to 1) or each group was dropped; any other mean of nothing is left out.
/// </summary>
internal sealed class StepTally
{
    private readonly List<GroupOutcome> _groups = [];
    private readonly Mean _correct = new(), _truncated = new(), _failed = new(), _redundant = new(), _correctRedundant = new();
    private readonly Mean _overBudget = new(), _noAnswer = new(), _malformed = new();
    private readonly Mean _attenuated = new(), _protected = new();
    private readonly Mean _tokens = new(), _rewards = new();
    private readonly Mean _gammaPositiveRedundant = new(), _gammaPositiveEssential = new();
    private readonly Mean _gammaNegativeRedundant = new(), _gammaNegativeEssential = new();
    private readonly BehaviourTally _behaviour = new();

    // Scores and labels of the responses that were scored.
    private readonly List<(IReadOnlyList<double> Scores, IReadOnlyList<bool> Essential)> _ranked = [];
    private TimeSpan _generating, _verifying, _scoring, _training;
    private LossSums _sums = LossSums.None;
    private long _allTokens;
    private bool _hasLabels;

    /// <summary>How each group ended, in order.</summary>
    public IReadOnlyList<GroupOutcome> Groups => _groups;

    /// <summary>Response tokens that count: the denominator of the loss, groups without a signal included.</summary>
    public long CountedTokens { get; private set; }

    /// <summary>Whether any token had a gradient.</summary>
    public bool HasTrained => _sums.Tokens > 0;

    /// <summary>Largest difference between generator and trainer so far, in log-probability of one token.</summary>
    public double LogProbGap => _sums.MaxLogProbGap;

    public void Add(ScoredWave wave)
    {
        _generating += wave.Generating;
        _verifying += wave.Verifying;
        _scoring += wave.Scoring;
        var outcomes = wave.Groups.Select(AddGroup).Concat(wave.Dropped);
        _groups.AddRange(outcomes.OrderBy(outcome => outcome.Group.Index));
    }

    public void Add(LossSums? sums, TimeSpan elapsed)
    {
        _training += elapsed;
        if (sums is not null) _sums = _sums.Plus(sums);
    }

    /// <summary>The step's line of metrics. The keys under time/ and tokens_per_s are the only ones that differ between equal runs.</summary>
    public IReadOnlyDictionary<string, double> Metrics(
        UpdateReport update, double learningRate, TimeSpan updating, TimeSpan committing, TimeSpan step)
    {
        var metrics = new SortedDictionary<string, double>(StringComparer.Ordinal)
        {
            ["policy/version"] = update.PolicyVersion,
            ["groups/used"] = _groups.Count(group => group.Dropped is null),
            ["groups/dropped"] = _groups.Count(group => group.Dropped is not null),
            ["groups/zero_advantage"] = _groups.Count(group => group.ZeroAdvantage),
            ["rollout/accuracy"] = _correct.OrZero,
            ["rollout/tokens_mean"] = _tokens.OrZero,
            ["rollout/truncated"] = _truncated.OrZero,
            ["rollout/no_answer"] = _noAnswer.OrZero,
            ["rollout/malformed"] = _malformed.OrZero,
            ["rollout/failed"] = _failed.OrZero,
            ["rollout/over_budget"] = _overBudget.OrZero,
            ["reward/mean"] = _rewards.OrZero,
            ["credit/attenuated_share"] = _attenuated.OrZero,
            ["credit/protected_share"] = _protected.OrZero,
            ["train/loss"] = _sums.Loss / Math.Max(1, CountedTokens),
            ["train/grad_norm"] = update.GradientNorm,
            ["train/learning_rate"] = learningRate,
            ["train/logprob_gap_max"] = _sums.MaxLogProbGap,
            ["train/logprob_gap_mean"] = _sums.LogProbGap / Math.Max(1, _sums.Tokens),
            ["train/padding_share"] = (_sums.PaddedPositions - _sums.Positions) / (double)Math.Max(1, _sums.PaddedPositions),
            ["train/entropy"] = _sums.Entropy / Math.Max(1, _sums.Tokens),
            ["time/generate_s"] = _generating.TotalSeconds,
            ["time/verify_s"] = _verifying.TotalSeconds,
            ["time/score_s"] = _scoring.TotalSeconds,
            ["time/train_s"] = (_training + updating).TotalSeconds,
            ["time/commit_s"] = committing.TotalSeconds,
            ["time/step_s"] = step.TotalSeconds,
            ["tokens_per_s"] = _allTokens / step.TotalSeconds,
        };
        // Of the correct responses: how much of what led to an answer was not needed, whatever the method.
        if (_hasLabels) metrics["score/redundant_share"] = _correctRedundant.OrZero;
        _behaviour.WriteTo(metrics);
        // How the heads do on what the policy writes now; heads/sra is about responses that stay the same.
        if (StepRanking.Accuracy(_ranked) is { Pairs: > 0 } ranking) metrics["score/sra"] = ranking.Accuracy;
        _redundant.WriteTo(metrics, "rollout/redundant_share");
        // By sign of the advantage and by label: shows at once whether each gate does what it is for.
        _gammaPositiveRedundant.WriteTo(metrics, "credit/gamma_positive_redundant");
        _gammaPositiveEssential.WriteTo(metrics, "credit/gamma_positive_essential");
        _gammaNegativeRedundant.WriteTo(metrics, "credit/gamma_negative_redundant");
        _gammaNegativeEssential.WriteTo(metrics, "credit/gamma_negative_essential");
        return metrics;
    }

    private GroupOutcome AddGroup(ScoredGroup scored)
    {
        var group = scored.Source;
        var completions = group.Source.Completions;
        long tokens = 0;
        int counted = 0, correct = 0;
        for (var sample = 0; sample < completions.Count; sample++)
        {
            var (verdict, length) = (group.Readings[sample].Verdict, completions[sample].Tokens.Length);
            _allTokens += length;
            _failed.Add(verdict == Verdict.Failed);
            _overBudget.Add(verdict == Verdict.OverBudget);
            if (!verdict.IsFailure())
            {
                _tokens.Add(length);
                _correct.Add(verdict == Verdict.Correct);
                _truncated.Add(verdict == Verdict.Truncated);
                _noAnswer.Add(verdict == Verdict.NoAnswer);
                _malformed.Add(verdict == Verdict.Malformed);
                _behaviour.Add(group.Readings[sample], length);
            }
            AddSteps(scored, sample);
            if (!group.Credit.Counted[sample]) continue;
            _rewards.Add(group.Credit.Rewards[sample]);
            counted++;
            tokens += length;
            if (verdict == Verdict.Correct) correct++;
        }
        CountedTokens += tokens;
        var source = group.Source.Source;
        return new GroupOutcome(
            source.Id, source.Prompt.Index, counted == 0 ? DropReason.NothingCounted : null, correct, counted, tokens,
            counted > 0 && !group.HasSignal);
    }

    private void AddSteps(ScoredGroup scored, int sample)
    {
        var labels = scored.Source.Labels?[sample];
        _hasLabels |= labels is not null;
        var isCorrect = scored.Source.Readings[sample].Verdict == Verdict.Correct;
        foreach (var label in labels ?? [])
        {
            _redundant.Add(label == StepLabel.Redundant);
            if (isCorrect) _correctRedundant.Add(label == StepLabel.Redundant);
        }

        if (scored.StepCredit[sample] is not { } credit) return;
        if (labels is not null && !credit.Scores.Any(double.IsNaN))
            _ranked.Add((credit.Scores, [.. labels.Select(label => label == StepLabel.Essential)]));
        var advantage = scored.Source.Credit.Advantages[sample];
        for (var step = 0; step < credit.Factors.Length; step++)
        {
            var factor = credit.Factors[step];
            _attenuated.Add(advantage > 0 && factor < 1);
            _protected.Add(advantage < 0 && factor < 1);
            if (labels is null) continue;
            GammaOf(advantage, labels[step]).Add(factor);
        }
    }

    private Mean GammaOf(double advantage, StepLabel label) => (advantage > 0, label) switch
    {
        (true, StepLabel.Redundant) => _gammaPositiveRedundant,
        (true, _) => _gammaPositiveEssential,
        (false, StepLabel.Redundant) => _gammaNegativeRedundant,
        (false, _) => _gammaNegativeEssential,
    };

    private sealed class Mean
    {
        private double _sum;
        private long _count;

        public double OrZero => _count == 0 ? 0 : _sum / _count;

        public void Add(double value)
        {
            _sum += value;
            _count++;
        }

        public void Add(bool value) => Add(value ? 1 : 0);

        public void WriteTo(IDictionary<string, double> metrics, string key)
        {
            if (_count > 0) metrics[key] = _sum / _count;
        }
    }
}
