using Akka.Actor;
using AttnPo.Actors.Faults;
using AttnPo.Actors.Pipeline;
using AttnPo.Actors.Tests.Fakes;
using AttnPo.Core.Data;
using AttnPo.Core.Verification;
using Xunit;
using static AttnPo.Actors.Protocol.WaveProtocol;

namespace AttnPo.Actors.Tests.Pipeline;

public sealed class RewardVerifierTests : StageSpec
{
    private const string Right = "First, a= 3 .\nWait, again a= 3 .\n</think>\\boxed{0}<|end|>";
    private const string Endless = "First, a= 3 .\n</think>\\boxed{9}<|end|>";
    private const string Wrong = "First, a= 3 .\n</think>\\boxed{7}<|end|>";

    [Fact]
    public void Responses_get_verdict_reward_advantage_and_labels()
    {
        var wave = Judge(Waves.Generated(0, Right, Wrong, "no end"), FakeTask.Reader.Read);

        var group = Assert.Single(wave.Groups);
        Assert.Equal([Verdict.Correct, Verdict.Wrong, Verdict.Malformed], group.Readings.Select(reading => reading.Verdict));
        Assert.True(group.Credit.Advantages[0] > 0 && group.Credit.Advantages[1] < 0);
        Assert.Equal([StepLabel.Essential, StepLabel.Redundant], group.Labels![0]);
    }

    [Fact]
    [Trait("Contract", "C5")]
    public void A_response_whose_verification_throws_has_failed_and_is_left_out_of_its_group()
    {
        var calls = 0;
        var wave = Judge(Waves.Generated(0, Right, Right, Wrong), (tokens, truncated, gold) =>
            ++calls == 2 ? throw new InvalidOperationException("grader") : FakeTask.Reader.Read(tokens, truncated, gold));

        var group = Assert.Single(wave.Groups);
        Assert.Equal([Verdict.Correct, Verdict.Failed, Verdict.Wrong], group.Readings.Select(reading => reading.Verdict));
        Assert.Equal(Right, group.Readings[1].Text);
        Assert.Equal([true, false, true], group.Credit.Counted);
        Assert.Equal(0, group.Credit.Rewards[1]);
        Assert.Equal(0, group.Credit.Advantages[1]);
        Assert.Equal(0.5, group.Credit.CorrectShare);
    }

    [Fact]
    [Trait("Contract", "C5")]
    public void A_response_whose_verification_does_not_end_is_over_budget_and_is_left_out_of_its_group()
    {
        using var letGo = new ManualResetEventSlim();
        using var reader = new GuardedReader(
            (tokens, truncated, gold) =>
            {
                var reading = FakeTask.Reader.Read(tokens, truncated, gold);
                if (reading.Text == Endless) letGo.Wait();
                return reading;
            },
            _ => TimeSpan.FromSeconds(2), mostAbandoned: 1);
        var withoutIt = Assert.Single(Judge(Waves.Generated(0, Right, Wrong), reader).Groups).Credit;

        var judged = Judge(Waves.Generated(0, Right, Wrong, Endless), reader);
        // Another stage, as after a restart, knows it for what it is: reading it again would fail at the limit.
        var judgedAgain = Judge(Waves.Generated(0, Endless), reader);
        foreach (var wave in (JudgedWave[])[judged, judgedAgain])
        {
            var group = Assert.Single(wave.Groups);
            Assert.Equal((Verdict.OverBudget, Endless), (group.Readings[^1].Verdict, group.Readings[^1].Text));
            Assert.False(group.Credit.Counted[^1]);
            Assert.Equal(0, group.Credit.Rewards[^1]);
            if (group.Readings.Count == 3) Assert.Equal((double[])[.. withoutIt.Advantages, 0], group.Credit.Advantages);
        }
        letGo.Set();
    }

    private JudgedWave Judge(GeneratedWave wave, ReadResponseFunction read)
    {
        using var reader = new GuardedReader(read, _ => TimeSpan.FromMinutes(5));
        return Judge(wave, reader);
    }

    private JudgedWave Judge(GeneratedWave wave, GuardedReader reader)
    {
        var verifier = Sys.ActorOf(RewardVerifier.Props(
            CreateTestProbe(), new RewardVerifierSettings(), Waves.AttnPo, reader, tokens => FakeTask.Tokenizer.Decode(tokens).Text, new FakeTask(1),
            Folder, FaultPlan.None));
        verifier.Tell(Waves.Begin(1));
        verifier.Tell(new Demand(Waves.Attempt, 1));
        verifier.Tell(wave);
        return ExpectMsg<JudgedWave>();
    }
}
