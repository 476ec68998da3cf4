using Akka.Actor;
using AttnPo.Actors.Faults;
using AttnPo.Actors.Pipeline;
using AttnPo.Actors.Tests.Fakes;
using AttnPo.Core.Credit;
using AttnPo.Core.Verification;
using AttnPo.Gpu;
using Xunit;
using static AttnPo.Actors.Protocol.WaveProtocol;

namespace AttnPo.Actors.Tests.Pipeline;

public sealed class AttentionScorerTests : StageSpec
{
    private static readonly AttentionScorerSettings Heads = new() { Heads = [new HeadId(0, 0), new HeadId(0, 1)] };

    [Fact]
    public async Task Only_correct_responses_that_will_be_trained_on_are_scored()
    {
        var wave = await Plan(Heads, Waves.AttnPo, Waves.Judged(
            0, (Verdict.Correct, 0.5), (Verdict.Wrong, -0.5), (Verdict.Truncated, -0.4), (Verdict.Correct, 0), (Verdict.Failed, 0)));
        Assert.Equal(Heads.Heads, wave.Heads);
        Assert.Equal([true, false, false, false, false], Assert.Single(wave.Groups).Plans.Select(plan => plan is { Scores: null }));
        Assert.Equal(4, wave.Groups[0].Plans.Count(plan => plan is null));
    }

    [Fact]
    public async Task The_baseline_is_the_answers_share_of_the_tokens_lowered_for_hard_prompts()
    {
        // p = 1/2 over a prompt of n tokens and a response of 9, 2 of them answer.
        var wave = await Plan(Heads, Waves.AttnPo, Waves.Judged(0, (Verdict.Correct, 0.5), (Verdict.Wrong, -0.5)));
        Assert.Equal(0.25 * 2 / (Waves.Group(0).Tokens.Length + 9), wave.Groups[0].Plans[0]!.Baseline, 12);
    }

    [Theory]
    [InlineData(Method.Tlmre)]
    [InlineData(Method.Rloo)]
    public async Task A_method_without_step_credit_scores_nothing(Method method)
    {
        var wave = await Plan(new AttentionScorerSettings(), CreditSettings.For(method), Waves.Judged(0, (Verdict.Correct, 0.5)));
        Assert.All(wave.Groups[0].Plans, Assert.Null);
    }

    [Fact]
    public async Task True_labels_take_the_place_of_heads()
    {
        var settings = new AttentionScorerSettings { Source = StepScoreSource.Labels };
        var wave = await Plan(settings, Waves.AttnPo, Waves.Judged(0, (Verdict.Correct, 0.5), (Verdict.Correct, -0.5)));
        Assert.All(wave.Groups[0].Plans, plan => Assert.Equal([2 * plan!.Baseline, 0, 2 * plan.Baseline], plan.Scores!));
    }

    private async Task<PlannedWave> Plan(AttentionScorerSettings settings, CreditSettings credit, JudgedWave wave)
    {
        var scorer = Sys.ActorOf(AttentionScorer.Props(CreateTestProbe(), settings, credit, FaultPlan.None));
        scorer.Tell(Waves.Begin(1));
        scorer.Tell(new Demand(Waves.Attempt, 1));
        scorer.Tell(wave);
        return await ExpectMsgAsync<PlannedWave>();
    }
}
