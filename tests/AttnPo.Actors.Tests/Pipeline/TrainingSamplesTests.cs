using AttnPo.Actors.Pipeline;
using AttnPo.Actors.Tests.Fakes;
using AttnPo.Core.Verification;
using AttnPo.Gpu;
using Xunit;
using static AttnPo.Actors.Protocol.WaveProtocol;

namespace AttnPo.Actors.Tests.Pipeline;

public sealed class TrainingSamplesTests
{
    private const double Baseline = 0.1;

    [Fact]
    public void Factors_follow_the_mean_score_and_the_baseline_by_the_sign_of_the_advantage()
    {
        var wave = Waves.Planned(0, new StepPlan(Baseline, null), (Verdict.Correct, 0.5), (Verdict.Correct, -0.5));
        var training = new TrainingSamples(wave, Waves.AttnPo);
        Assert.True(training.ReadAttention);
        Assert.All(training.Scored[0].StepCredit, Assert.Null);

        // The mean of the heads is half the baseline, the baseline, twice the baseline.
        double[][] scores = [[Baseline, Baseline, Baseline], [0, Baseline, 3 * Baseline]];
        var weights = training.Samples.Select(sample => sample.Attention!.Weigh(scores)).ToArray();

        Assert.Equal([0.25f, 0.25f, 0.5f, 0.5f, 0.5f, 0.5f, 0.5f, 0.5f, 0.5f], weights[0]);
        Assert.Equal([-0.5f, -0.5f, -0.5f, -0.5f, 0, 0, -0.5f, -0.5f, -0.5f], weights[1]);
        var credit = training.Scored[0].StepCredit;
        Assert.Equal([0.5, 1, 1], credit[0]!.Factors.Select(factor => Math.Round(factor, 12)));
        Assert.Equal([1, 1, 0], credit[1]!.Factors);
        Assert.Equal(Baseline, credit[1]!.Baseline);
    }

    [Fact]
    public void The_pass_is_told_where_the_steps_lie_and_which_heads_to_read()
    {
        var wave = Waves.Planned(0, new StepPlan(Baseline, null), (Verdict.Correct, 0.5), (Verdict.Wrong, -0.5));
        var samples = new TrainingSamples(wave, Waves.AttnPo).Samples;
        Assert.Equal(6, samples[0].Attention!.ThinkEnd);
        Assert.Equal(wave.Heads, samples[0].Attention!.Heads);
        Assert.Equal([new TokenRange(0, 2), new TokenRange(2, 4), new TokenRange(4, 6)], samples[0].Attention!.Steps);
        Assert.Empty(samples[0].TokenWeights);
        Assert.Null(samples[1].Attention);
        Assert.All(samples[1].TokenWeights, weight => Assert.Equal(-0.5f, weight));
    }

    [Fact]
    public void Scores_that_are_known_become_weights_at_once()
    {
        var plan = new StepPlan(Baseline, [2 * Baseline, 0, 2 * Baseline]);
        var training = new TrainingSamples(Waves.Planned(0, plan, (Verdict.Correct, 0.5), (Verdict.Correct, -0.5)), Waves.AttnPo);
        Assert.False(training.ReadAttention);
        Assert.Equal([0.5f, 0.5f, 0, 0, 0.5f, 0.5f, 0.5f, 0.5f, 0.5f], training.Samples[0].TokenWeights);
        Assert.Equal([0f, 0, -0.5f, -0.5f, 0, 0, -0.5f, -0.5f, -0.5f], training.Samples[1].TokenWeights);
    }

    [Fact]
    [Trait("Contract", "C3")]
    public void The_ledger_gives_the_weights_that_attention_gave()
    {
        var wave = Waves.Planned(0, new StepPlan(Baseline, null), (Verdict.Correct, 0.5), (Verdict.Wrong, -0.5), (Verdict.Correct, 0));
        var first = new TrainingSamples(wave, Waves.AttnPo);
        var weights = first.Samples[0].Attention!.Weigh([[0.01, 0.2, 0.03], [0.02, 0.1, 0.07]]);
        var recalled = wave with { Recalled = new RecalledCredit(first.Scored, Waves.NoBlob, TimeSpan.Zero) };
        var again = new TrainingSamples(recalled, Waves.AttnPo);
        Assert.False(again.ReadAttention);
        Assert.Equal(2, again.Samples.Count);
        Assert.Equal(weights, again.Samples[0].TokenWeights);
        Assert.Equal(first.Samples[1].TokenWeights, again.Samples[1].TokenWeights);
    }
}
