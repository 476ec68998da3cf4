using AttnPo.Core.Credit;
using AttnPo.Core.Text;
using AttnPo.Core.Verification;
using CsCheck;
using Xunit;

namespace AttnPo.Core.Tests.Credit;

public class CreditPropertyTests
{
    private static readonly Gen<CreditSettings> AnySettings = Gen.Select(
        Gen.Enum<Method>(), Gen.Enum<OutcomeRewardKind>(), Gen.Enum<AdvantageKind>(), Gen.Enum<RescalingForm>(), Gen.Bool,
        Gen.Double[0, 1], Gen.Double[0, 4],
        (method, reward, advantage, form, flag, share, exponent) => CreditSettings.For(method) with
        {
            Reward = reward,
            Advantage = advantage,
            Form = form,
            StepCredit = true,
            ExcludeTruncated = flag,
            LengthPenalty = share,
            Beta = exponent,
            Lambda = 4 - exponent,
            Delay = 100 * share,
        });

    private static readonly Gen<Outcome[]> AnyGroup =
        Gen.Select(Gen.Enum<Verdict>(), Gen.Int[0, 20_000], (verdict, length) => new Outcome(verdict, length)).Array[0, 12];

    private static readonly Gen<(double Advantage, double Score, double Baseline, double Share, long Step)> AnyStep =
        Gen.Select(Gen.Double[-2, 2], Gen.Double[0, 1], Gen.Double[0, 1], Gen.Double[0, 1], Gen.Long[1, 200]);

    [Fact]
    public void A_factor_lies_between_nothing_and_all() => Gen.Select(AnyStep, AnySettings, Gen.Double[0, 1]).Sample((step, settings, delta) =>
    {
        var without = Factor(step, settings);
        var with = Factor(step, settings with { Delta = delta });
        return without is >= 0 and <= 1 && with is >= 0 and <= 1;
    });

    [Fact]
    public void The_reference_form_is_continuous_at_the_baseline() =>
        Gen.Select(Gen.Double[0.001, 1], Gen.Double[0, 1], AnySettings).Sample((baseline, share, settings) =>
        {
            var reference = settings with { Form = RescalingForm.Reference, Delay = 0 };
            double At(double score) => StepRescaling.Factor(1, score, baseline, share, 1, reference);
            return At(baseline) == 1 && Math.Abs(At(baseline * (1 - 1e-9)) - 1) < 1e-6;
        });

    [Fact]
    public void The_sign_of_an_advantage_never_changes() => Gen.Select(AnyStep, AnySettings).Sample((step, settings) =>
    {
        var weights = StepRescaling.TokenWeights(step.Advantage, 2, [new TokenSpan(0, 1)], [Factor(step, settings)]);
        return weights[0] * step.Advantage >= 0 && Math.Abs(weights[0]) <= Math.Abs((float)step.Advantage);
    });

    [Fact]
    public void Outside_the_steps_the_advantage_stays() =>
        Gen.Select(Gen.Double[-2, 2], Gen.Double[0, 1], Gen.Int[0, 9], Gen.Int[0, 9]).Sample((advantage, factor, a, b) =>
        {
            var span = new TokenSpan(Math.Min(a, b), Math.Max(a, b));
            var weights = StepRescaling.TokenWeights(advantage, 12, [span], [factor]);
            return Enumerable.Range(0, 12).Where(i => i < span.Start || i >= span.End).All(i => weights[i] == (float)advantage);
        });

    [Fact]
    public void Wrong_responses_and_single_steps_are_never_rescaled() =>
        Gen.Select(Gen.Enum<Verdict>(), AnyStep, AnySettings, Gen.Int[0, 4]).Sample((verdict, step, settings, steps) =>
            (verdict == Verdict.Correct && steps >= 2)
            || StepRescaling.Factors(
                verdict, step.Advantage, [.. Enumerable.Repeat(step.Score, steps)], step.Baseline, step.Share, step.Step, settings)
                .All(factor => factor == 1));

    [Fact]
    public void Only_correct_responses_are_rewarded() => Gen.Select(AnyGroup, AnySettings).Sample((group, settings) =>
        GroupAssessment.Assess(group, settings).Rewards.Zip(group).All(pair =>
            pair.Second.Verdict == Verdict.Correct ? pair.First is >= 0 and <= 1 : pair.First == 0));

    [Fact]
    public void Leave_one_out_advantages_of_the_counted_members_sum_to_zero() =>
        Gen.Select(AnyGroup, AnySettings).Sample((group, settings) =>
        {
            var credit = GroupAssessment.Assess(group, settings with { Advantage = AdvantageKind.Rloo });
            return Math.Abs(credit.Advantages.Sum()) < 1e-9
                && credit.Advantages.Zip(credit.Counted).All(pair => pair.Second || pair.First == 0);
        });

    [Fact]
    public void Advantages_are_always_finite() => Gen.Select(AnyGroup, AnySettings).Sample((group, settings) =>
        GroupAssessment.Assess(group, settings).Advantages.All(double.IsFinite));

    private static double Factor((double Advantage, double Score, double Baseline, double Share, long Step) step, CreditSettings settings) =>
        StepRescaling.Factor(step.Advantage, step.Score, step.Baseline, step.Share, step.Step, settings);
}
