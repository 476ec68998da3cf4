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
        var engine = new Scorer([[0.1, 0.2, 0.3], [0.3, 0.0, 0.5]]);
        var wave = await Score(engine, Heads, Waves.AttnPo, Waves.Judged(
            0, (Verdict.Correct, 0.5), (Verdict.Wrong, -0.5), (Verdict.Truncated, -0.4), (Verdict.Correct, 0), (Verdict.Failed, 0)));

        var request = Assert.Single(Assert.Single(engine.Calls));
        Assert.Equal(6, request.ThinkEnd);
        Assert.Equal([new TokenRange(0, 2), new TokenRange(2, 4), new TokenRange(4, 6)], request.Steps);
        var credit = Assert.Single(wave.Groups).StepCredit;
        Assert.Equal([true, false, false, false, false], credit.Select(steps => steps is not null));
        Assert.Equal([0.2, 0.1, 0.4], credit[0]!.Scores.Select(score => Math.Round(score, 12)));
    }

    [Fact]
    public async Task Factors_follow_scores_and_baseline_by_the_sign_of_the_advantage()
    {
        // p = 1 over a prompt of n tokens and a response of 9, 2 of them answer: the baseline is 2 / (n + 9).
        var prompt = Waves.Group(0).Tokens.Length;
        var baseline = 2.0 / (prompt + 9);
        var engine = new Scorer([[baseline / 2, baseline, baseline * 2]]);
        var wave = await Score(engine, Heads, Waves.AttnPo, Waves.Judged(0, (Verdict.Correct, 0.5), (Verdict.Correct, -0.5)));

        var credit = wave.Groups[0].StepCredit;
        Assert.Equal(baseline, credit[0]!.Baseline, 12);
        Assert.Equal([0.5, 1, 1], credit[0]!.Factors.Select(factor => Math.Round(factor, 12)));
        Assert.Equal([1, 1, 0], credit[1]!.Factors);
    }

    [Theory]
    [InlineData(Method.Tlmre)]
    [InlineData(Method.Rloo)]
    public async Task A_method_without_step_credit_never_calls_the_device(Method method)
    {
        var engine = new Scorer([]);
        var wave = await Score(engine, new AttentionScorerSettings(), CreditSettings.For(method), Waves.Judged(0, (Verdict.Correct, 0.5)));
        Assert.Empty(engine.Calls);
        Assert.All(wave.Groups[0].StepCredit, Assert.Null);
    }

    [Fact]
    public async Task True_labels_take_the_place_of_heads()
    {
        var engine = new Scorer([]);
        var settings = new AttentionScorerSettings { Source = StepScoreSource.Labels };
        var wave = await Score(engine, settings, Waves.AttnPo, Waves.Judged(0, (Verdict.Correct, 0.5), (Verdict.Correct, -0.5)));
        Assert.Empty(engine.Calls);
        var credit = wave.Groups[0].StepCredit;
        Assert.Equal([2 * credit[0]!.Baseline, 0, 2 * credit[0]!.Baseline], credit[0]!.Scores);
        Assert.Equal([1, 0, 1], credit[0]!.Factors);
        Assert.Equal([0, 1, 0], credit[1]!.Factors);
    }

    private async Task<ScoredWave> Score(Scorer engine, AttentionScorerSettings settings, CreditSettings credit, JudgedWave wave)
    {
        await using var device = new DeviceThread<LearnerEngine>("learner", () => new LearnerEngine(null!, engine, engine), _ => { });
        var scorer = Sys.ActorOf(AttentionScorer.Props(CreateTestProbe(), settings, credit, device, Folder, FaultPlan.None));
        scorer.Tell(Waves.Begin(1));
        scorer.Tell(new Demand(Waves.Attempt, 1));
        scorer.Tell(wave);
        return await ExpectMsgAsync<ScoredWave>();
    }

    private sealed class Scorer(double[][] scores) : IScorer, IDisposable
    {
        public List<IReadOnlyList<ScoreRequest>> Calls { get; } = [];

        public IReadOnlyList<ResponseScores> Score(
            IReadOnlyList<ScoreRequest> requests, IReadOnlyList<HeadId> heads, CancellationToken cancellation)
        {
            Calls.Add(requests);
            return [.. requests.Select(_ => new ResponseScores([], [], scores))];
        }

        public void Dispose()
        {
        }
    }
}
