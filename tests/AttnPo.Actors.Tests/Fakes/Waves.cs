using AttnPo.Actors.Pipeline;
using AttnPo.Actors.Protocol;
using AttnPo.Actors.Run;
using AttnPo.Core.Credit;
using AttnPo.Core.Data;
using AttnPo.Core.Steps;
using AttnPo.Core.Text;
using AttnPo.Core.Verification;
using AttnPo.Gpu;
using static AttnPo.Actors.Protocol.StepProtocol;
using static AttnPo.Actors.Protocol.WaveProtocol;

namespace AttnPo.Actors.Tests.Fakes;

/// <summary>Waves made by hand, for probes to send.</summary>
internal static class Waves
{
    public static readonly StepAttempt Attempt = new(new StepNumber(1), 1);

    public static readonly SamplingSettings Sampling = new(64, 1, 1, 0, []);

    public static BeginStep Begin(int waves, StepAttempt? attempt = null) => new(attempt ?? Attempt, new PolicyVersion(0), 0, waves, []);

    /// <summary>A file that nobody reads.</summary>
    public static readonly BlobRecord NoBlob = new("none", 0, "");

    public static SampledWave Sampled(int index, StepAttempt? attempt = null)
    {
        var group = Group(index);
        return new SampledWave(attempt ?? Attempt, group.Id.Wave, [group], []);
    }

    public static SampledGroup Group(int wave)
    {
        var prompt = new FakeTask(100)[wave];
        return new SampledGroup(
            new GroupId(new WaveId(Attempt.Step, wave), 0), wave, prompt, FakeTask.Tokenizer.Encode(prompt.Text));
    }

    public static GeneratedWave Generated(int index, params string[] responses)
    {
        var group = Group(index);
        var completions = responses.Select((response, sample) =>
        {
            var tokens = FakeTask.Tokenizer.Encode(response);
            return new Completion(group.Position, sample, tokens, new float[tokens.Length], FinishReason.Stop);
        });
        return new GeneratedWave(
            Attempt, group.Id.Wave, new PolicyVersion(0), [new GeneratedGroup(group, [.. completions])], [], NoBlob, TimeSpan.Zero);
    }

    /// <summary>One group; each rollout has three steps of two tokens, the closing token, and two tokens of answer.</summary>
    public static JudgedWave Judged(int index, params (Verdict Verdict, double Advantage)[] rollouts)
    {
        const int Tokens = 9;
        var group = Group(index);
        var completions = rollouts.Select((_, sample) => new Completion(
            group.Position, sample, Enumerable.Range(0, Tokens).ToArray(), new float[Tokens], FinishReason.Stop));
        var readings = rollouts.Select(rollout => new ReadResponse(
            "a b c d e f </think> g h", rollout.Verdict, "g", 6,
            [new Step(0, 4, StepClass.Forward, null), new Step(4, 8, StepClass.Confused, "Wait"), new Step(8, 12, StepClass.Forward, null)],
            [new TokenSpan(0, 2), new TokenSpan(2, 4), new TokenSpan(4, 6)]));
        var correct = rollouts.Count(rollout => rollout.Verdict == Verdict.Correct);
        var credit = new GroupCredit(
            (double)correct / rollouts.Length,
            [.. rollouts.Select(rollout => rollout.Verdict == Verdict.Correct ? 1.0 : 0)],
            [.. rollouts.Select(rollout => rollout.Advantage)],
            [.. rollouts.Select(rollout => !rollout.Verdict.IsFailure())]);
        IReadOnlyList<StepLabel> labels = [StepLabel.Essential, StepLabel.Redundant, StepLabel.Essential];
        return new JudgedWave(
            Attempt, group.Id.Wave, new PolicyVersion(0),
            [new JudgedGroup(new GeneratedGroup(group, [.. completions]), [.. readings], [.. rollouts.Select(_ => labels)], credit)],
            [], TimeSpan.Zero, TimeSpan.Zero);
    }

    public static ScoredWave Scored(int index, params (Verdict Verdict, double Advantage)[] rollouts)
    {
        var judged = Judged(index, rollouts);
        return new ScoredWave(
            judged.Attempt, judged.Id, judged.Policy,
            [new ScoredGroup(judged.Groups[0], [.. rollouts.Select(_ => (StepCredit?)null)])], [], NoBlob, TimeSpan.Zero, TimeSpan.Zero, TimeSpan.Zero);
    }

    /// <summary>Nothing is to be scored.</summary>
    public static PlannedWave Planned(int index, params (Verdict Verdict, double Advantage)[] rollouts) => Planned(index, plan: null, rollouts);

    /// <summary>Correct rollouts with an advantage have this plan.</summary>
    public static PlannedWave Planned(int index, StepPlan? plan, params (Verdict Verdict, double Advantage)[] rollouts)
    {
        var judged = Judged(index, rollouts);
        StepPlan?[] plans = [.. rollouts.Select(rollout => rollout is { Verdict: Verdict.Correct, Advantage: not 0 } ? plan : null)];
        return new PlannedWave(
            judged.Attempt, judged.Id, judged.Policy, [new PlannedGroup(judged.Groups[0], plans)], [], [new HeadId(0, 0), new HeadId(0, 1)],
            TimeSpan.Zero, TimeSpan.Zero);
    }

    public static CreditSettings AttnPo => CreditSettings.For(Method.AttnPo) with { Delay = 0 };

    public static GeneratorSettings GeneratorSettings => new() { SamplesPerPrompt = 4, Sampling = Sampling };
}
