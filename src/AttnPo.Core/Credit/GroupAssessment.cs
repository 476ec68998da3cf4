using AttnPo.Core.Verification;

namespace AttnPo.Core.Credit;

/// <summary>What a rollout came to.</summary>
/// <param name="Verdict">Of its response.</param>
/// <param name="Length">Of its response, in tokens.</param>
public readonly record struct Outcome(Verdict Verdict, int Length);

/// <summary>What the members of a group are worth, in the group's order.</summary>
/// <param name="CorrectShare">Correct members among the counted ones; 0 when none is counted.</param>
/// <param name="Rewards">Outcome rewards; 0 for a member that is not counted.</param>
/// <param name="Advantages">Group advantages; 0 for a member that is not counted, and for all where fewer than two are.</param>
/// <param name="Counted">Whether the member takes part in the group's statistics.</param>
public sealed record GroupCredit(double CorrectShare, double[] Rewards, double[] Advantages, bool[] Counted);

/// <summary>
/// Outcome reward, then advantage, of the rollouts of one prompt. A failure is no outcome: it is left out, as if it had not been
/// sampled. Equal rewards give advantages of exactly 0, so that a group without a signal can be told from one with a weak signal.
/// </summary>
public static class GroupAssessment
{
    /// <summary>Keeps a spread of 0 from being divided by; both are the reference's.</summary>
    private const double LengthEpsilon = 1e-8, RewardEpsilon = 1e-6;

    /// <summary>Assesses a group.</summary>
    public static GroupCredit Assess(IReadOnlyList<Outcome> group, CreditSettings settings)
    {
        var counted = group.Select(outcome => IsCounted(outcome.Verdict, settings)).ToArray();
        var members = Enumerable.Range(0, group.Count).Where(i => counted[i]).ToArray();
        var correct = members.Where(i => group[i].Verdict == Verdict.Correct).ToArray();

        var rewards = new double[group.Count];
        foreach (var (i, penalty) in correct.Zip(LengthPenalties(correct, group, settings)))
            rewards[i] = 1 - penalty;

        var advantages = new double[group.Count];
        if (members.Length >= 2)
            Array.ForEach(members, i => advantages[i] = MeanDifference(i, members, rewards));
        if (settings.Advantage != AdvantageKind.Rloo)
            RelateToMean(members, advantages, settings.Advantage);

        return new GroupCredit(members.Length == 0 ? 0 : (double)correct.Length / members.Length, rewards, advantages, counted);
    }

    private static bool IsCounted(Verdict verdict, CreditSettings settings) => verdict switch
    {
        _ when verdict.IsFailure() => false,
        Verdict.Truncated => !settings.ExcludeTruncated,
        _ => true,
    };

    private static IEnumerable<double> LengthPenalties(int[] correct, IReadOnlyList<Outcome> group, CreditSettings settings)
    {
        if (settings.Reward == OutcomeRewardKind.Correctness || correct.Length == 0)
            return correct.Select(_ => 0.0);
        var mean = correct.Average(i => (double)group[i].Length);
        var deviation = Math.Sqrt(correct.Average(i => Math.Pow(group[i].Length - mean, 2)));
        return correct.Select(i => settings.LengthPenalty * Sigmoid((group[i].Length - mean) / (deviation + LengthEpsilon)));
    }

    private static double Sigmoid(double x) => 1 / (1 + Math.Exp(-x));

    /// <summary>
    /// r_i less the mean of the others, as the mean of the differences: rounding then cannot leave a trace where all are equal.
    /// </summary>
    private static double MeanDifference(int i, int[] members, double[] rewards) =>
        members.Sum(j => rewards[i] - rewards[j]) / (members.Length - 1);

    private static void RelateToMean(int[] members, double[] advantages, AdvantageKind kind)
    {
        var n = members.Length;
        foreach (var i in members)
            advantages[i] *= (n - 1.0) / n;
        if (kind == AdvantageKind.GrpoWithoutStd || n < 2) return;
        var deviation = Math.Sqrt(members.Sum(i => advantages[i] * advantages[i]) / (n - 1));
        foreach (var i in members)
            advantages[i] /= deviation + RewardEpsilon;
    }
}
