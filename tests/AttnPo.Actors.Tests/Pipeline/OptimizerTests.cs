using Akka.Actor;
using Akka.TestKit;
using AttnPo.Actors.Faults;
using AttnPo.Actors.Pipeline;
using AttnPo.Actors.Protocol;
using AttnPo.Actors.Run;
using AttnPo.Actors.Tests.Fakes;
using AttnPo.Core.Data;
using AttnPo.Core.Verification;
using AttnPo.Gpu;
using Xunit;
using static AttnPo.Actors.Protocol.StageProtocol;
using static AttnPo.Actors.Protocol.StepProtocol;
using static AttnPo.Actors.Protocol.WaveProtocol;

namespace AttnPo.Actors.Tests.Pipeline;

public sealed class OptimizerTests : StageSpec
{
    private static readonly (Verdict, double)[] Signal = [(Verdict.Correct, 0.5), (Verdict.Wrong, -0.5)];
    private static readonly (Verdict, double)[] NoSignal = [(Verdict.Wrong, 0), (Verdict.Wrong, 0)];
    private static readonly RunSettings Run = new() { Steps = 10, SettingsHash = "h", Retention = new RetentionSettings { CheckpointEvery = 1 } };
    private readonly RecordingTrainer _trainer = new() { LogProbGap = 0.02 };
    private readonly ScriptedScorer _scorer = new();
    private readonly DeviceThread<LearnerEngine> _device;
    private readonly TestProbe _upstream;
    private readonly TestProbe _parent;

    public OptimizerTests()
    {
        _device = new DeviceThread<LearnerEngine>("learner", () => new LearnerEngine(_trainer, _scorer, _trainer), _ => { });
        (_upstream, _parent) = (CreateTestProbe(), CreateTestProbe());
    }

    [Fact]
    public void Waves_that_arrive_out_of_order_are_accumulated_in_order()
    {
        var optimizer = Begin(waves: 3, window: 3);
        foreach (var index in (int[])[2, 0, 1]) optimizer.Tell(Waves.Planned(index, Signal), _upstream);
        var trained = Trained();
        Assert.Equal([0, 1, 2], _trainer.AccumulatedWaves);
        Assert.Equal([0, 1, 2], trained.Groups.Select(group => group.Group.Wave.Index));
    }

    [Fact]
    public void A_window_full_of_later_waves_asks_for_the_one_that_is_missing()
    {
        var optimizer = Begin(waves: 4, window: 2);
        optimizer.Tell(Waves.Planned(3, Signal), _upstream);
        optimizer.Tell(Waves.Planned(1, Signal), _upstream);
        Assert.Equal(1, _upstream.ExpectMsg<Demand>().Waves);
        optimizer.Tell(Waves.Planned(0, Signal), _upstream);
        Assert.Equal(1, _upstream.ExpectMsg<Demand>().Waves);
        optimizer.Tell(Waves.Planned(2, Signal), _upstream);
        Trained();
        Assert.Equal([0, 1, 2, 3], _trainer.AccumulatedWaves);
    }

    [Fact]
    public void Groups_without_a_signal_cost_no_pass_but_their_tokens_count()
    {
        var optimizer = Begin(waves: 2, window: 2);
        optimizer.Tell(Waves.Planned(0, NoSignal), _upstream);
        optimizer.Tell(Waves.Planned(1, Signal), _upstream);
        var trained = Trained();
        Assert.Equal([1], _trainer.AccumulatedWaves);
        Assert.Equal(4 * 9, _trainer.TokenCount);
        Assert.Equal(1, trained.Metrics["groups/zero_advantage"]);
        Assert.Equal([true, false], trained.Groups.Select(group => group.ZeroAdvantage));
    }

    [Fact]
    public void A_step_without_any_signal_makes_its_update_all_the_same()
    {
        var optimizer = Begin(waves: 1, window: 1);
        optimizer.Tell(Waves.Planned(0, NoSignal), _upstream);
        var trained = Trained();
        Assert.Equal(new PolicyVersion(1), trained.Policy);
        Assert.Empty(_trainer.AccumulatedWaves);
        // The gap is measured all the same, on a rollout.
        Assert.Equal(ScriptedScorer.Gap, trained.Metrics["train/logprob_gap_max"], 6);
        Assert.Equal(ScriptedScorer.Gap / 9, trained.Metrics["train/logprob_gap_mean"], 6);
        Assert.Equal(0.5, trained.Metrics["train/entropy"], 6);
    }

    [Theory]
    [Trait("Contract", "C8")]
    [InlineData(double.NaN, true)]
    [InlineData(0.02, false)]
    public void A_gap_that_is_no_number_and_one_where_nothing_is_trained_on_are_beyond_the_bound_too(double gap, bool trains)
    {
        _trainer.LogProbGap = gap;
        var optimizer = Begin(waves: 1, window: 1, gapBound: trains ? 1 : 0.1);
        optimizer.Tell(Waves.Planned(0, trains ? Signal : NoSignal), _upstream);
        Assert.True(((StageRestarted)_parent.FishForMessage(message => message is StageRestarted)).IsLasting);
        Assert.Equal(0, _trainer.PolicyVersion);
    }

    [Fact]
    [Trait("Contract", "C5")]
    public void Failed_rollouts_are_in_no_denominator_and_a_group_of_nothing_else_is_dropped()
    {
        var optimizer = Begin(waves: 1, window: 1);
        optimizer.Tell(Waves.Planned(0, (Verdict.Failed, 0), (Verdict.OverBudget, 0), (Verdict.Failed, 0), (Verdict.Failed, 0)), _upstream);
        var trained = Trained();
        Assert.Equal(DropReason.NothingCounted, Assert.Single(trained.Groups).Dropped);
        Assert.Equal(1, _trainer.TokenCount);
        Assert.Equal((0.75, 0.25), (trained.Metrics["rollout/failed"], trained.Metrics["rollout/over_budget"]));
        foreach (var key in (string[])["rollout/accuracy", "rollout/truncated", "rollout/tokens_mean", "reward/mean", "score/redundant_share"])
            Assert.Equal(0, trained.Metrics[key]);
    }

    [Fact]
    [Trait("Contract", "C5")]
    public void Rollouts_over_budget_are_counted_as_that_and_weigh_in_no_other_figure()
    {
        var optimizer = Begin(waves: 1, window: 1);
        var late = (Verdict.OverBudget, 0.0);
        optimizer.Tell(Waves.Planned(0, (Verdict.Correct, 0.5), late, (Verdict.Truncated, -0.5), late), _upstream);
        var metrics = Trained().Metrics;
        Assert.Equal((0, 0.5), (metrics["rollout/failed"], metrics["rollout/over_budget"]));
        Assert.Equal((0.5, 0.5), (metrics["rollout/accuracy"], metrics["rollout/truncated"]));
        Assert.Equal((9, 0.5), (metrics["rollout/tokens_mean"], metrics["reward/mean"]));
        Assert.Equal(2 * 9, _trainer.TokenCount);
    }

    [Fact]
    public void Every_line_has_the_promised_keys_and_redundancy_is_that_of_correct_responses_whatever_the_method()
    {
        var optimizer = Begin(waves: 1, window: 1);
        var wave = Waves.Planned(0, (Verdict.Correct, 0.5), (Verdict.Wrong, -0.5), (Verdict.Truncated, -0.5), (Verdict.Correct, 0.5));
        var judged = wave.Groups[0].Source;
        judged = judged with { Labels = [judged.Labels![0], [.. Enumerable.Repeat(StepLabel.Redundant, 3)], judged.Labels[2], judged.Labels[3]] };
        optimizer.Tell(wave with { Groups = [wave.Groups[0] with { Source = judged }] }, _upstream);
        var metrics = Trained().Metrics;
        string[] promised =
        [
            "policy/version", "rollout/accuracy", "rollout/tokens_mean", "rollout/truncated", "rollout/no_answer", "rollout/malformed",
            "rollout/failed", "rollout/over_budget",
            "reward/mean", "credit/attenuated_share", "credit/protected_share", "score/redundant_share", "train/loss", "train/grad_norm",
            "train/entropy", "train/logprob_gap_max", "train/logprob_gap_mean", "train/padding_share",
            "time/generate_s", "time/verify_s", "time/score_s", "time/train_s", "time/commit_s", "time/step_s", "tokens_per_s",
        ];
        Assert.Empty(promised.Except(metrics.Keys));
        Assert.Equal((0.02, 0.005), (metrics["train/logprob_gap_max"], metrics["train/logprob_gap_mean"]));
        Assert.Equal(0.1, metrics["train/padding_share"]);
        Assert.Equal(1 / 3.0, metrics["score/redundant_share"], 12);
        Assert.Equal((0.5, 0.25, 0.5), (metrics["rollout/accuracy"], metrics["rollout/truncated"], metrics["reward/mean"]));
    }

    [Fact]
    public void Step_credit_of_the_ledger_arrives_as_token_weights_and_no_attention_is_read()
    {
        var optimizer = Begin(waves: 1, window: 1);
        var wave = Waves.Planned(0, new StepPlan(0.05, null), Signal);
        var scored = new ScoredGroup(wave.Groups[0].Source, [new StepCredit([0.1, 0.0, 0.1], 0.05, [1, 0.5, 1]), null]);
        optimizer.Tell(wave with { Recalled = new RecalledCredit([scored], Waves.NoBlob, TimeSpan.FromSeconds(3)) }, _upstream);
        Assert.Equal(Waves.NoBlob, Judged().Judgement);
        var trained = Trained();
        Assert.Equal([0.5f, 0.5f, 0.25f, 0.25f, 0.5f, 0.5f, 0.5f, 0.5f, 0.5f], _trainer.Samples[0].TokenWeights);
        Assert.All(_trainer.Samples[1].TokenWeights, weight => Assert.Equal(-0.5f, weight));
        Assert.Equal(3, trained.Metrics["time/score_s"]);
        Assert.Equal(1 / 3.0, trained.Metrics["credit/attenuated_share"], 12);
        Assert.Equal(0.5, trained.Metrics["credit/gamma_positive_redundant"], 12);
        Assert.Equal(1, trained.Metrics["credit/gamma_positive_essential"], 12);
    }

    [Fact]
    [Trait("Contract", "C2")]
    public void What_the_pass_reads_of_attention_is_laid_down_before_the_wave_counts()
    {
        _trainer.Scores = [[0.1, 0.0, 0.1], [0.1, 0.02, 0.3]];
        var optimizer = Begin(waves: 1, window: 1);
        var wave = Waves.Planned(0, new StepPlan(0.05, null), Signal);
        optimizer.Tell(wave, _upstream);
        var judged = Judged();
        var (_, trained) = (_parent.ExpectMsg<WavesTrained>(), Trained());

        // Half the group is correct: 1/2 to the power of 2 of the way from 1 to the share of the baseline that the second step reaches.
        var factor = 0.25 * (0.01 / 0.05) + 0.75;
        Assert.Equal([0.5, 0.5, 0.5 * factor, 0.5 * factor, 0.5], _trainer.Samples[0].TokenWeights[..5].Select(weight => Math.Round(weight, 6)));
        Assert.Equal(1 / 3.0, trained.Metrics["credit/attenuated_share"], 12);
        var source = wave.Groups[0].Source;
        var stored = new LedgerWave(wave.Id, 1, Judgement: judged.Judgement);
        var credit = Assert.Single(Folder.ReadJudgement(stored, [source.Source])).StepCredit;
        Assert.Equal([0.1, 0.01, 0.2], credit[0]!.Scores.Select(score => Math.Round(score, 12)));
        Assert.Equal(factor, credit[0]!.Factors[1], 12);
        Assert.Null(credit[1]);
    }

    [Fact]
    [Trait("Contract", "C8")]
    public void A_gap_between_generator_and_trainer_beyond_the_bound_makes_no_update_and_is_not_tried_again()
    {
        var optimizer = Begin(waves: 1, window: 1, gapBound: 0.01);
        optimizer.Tell(Waves.Planned(0, Signal), _upstream);
        var failure = (StageRestarted)_parent.FishForMessage(message => message is StageRestarted);
        Assert.Contains("differ by 0.02 in the log-probability of a token, more than optimizer.logprob-gap-bound allows (0.01)", failure.Reason);
        Assert.True(failure.IsLasting);
        Assert.Equal(0, _trainer.PolicyVersion);
    }

    [Fact]
    [Trait("Contract", "C8")]
    public void A_wave_of_another_policy_is_refused()
    {
        var optimizer = Begin(waves: 1, window: 1);
        optimizer.Tell(Waves.Planned(0, Signal) with { Policy = new PolicyVersion(4) }, _upstream);
        Assert.Contains("off-policy waves are refused", _parent.ExpectMsg<StageRestarted>().Reason);
        Assert.Empty(_trainer.AccumulatedWaves);
    }

    [Fact]
    [Trait("Contract", "C2")]
    public void The_checkpoint_lies_whole_under_its_name_before_the_step_is_reported()
    {
        var optimizer = Begin(waves: 1, window: 1);
        optimizer.Tell(Waves.Planned(0, Signal), _upstream);
        var trained = Trained();
        Folder.Checkpoints.Verify(trained.Checkpoint!);
        Assert.Equal("weights", Assert.Single(trained.Checkpoint!.Files).Name);
    }

    protected override void AfterAll()
    {
        base.AfterAll();
        _device.DisposeAsync().AsTask().Wait();
    }

    private IActorRef Begin(int waves, int window, double gapBound = 1)
    {
        var settings = new OptimizerStageSettings { Window = window, LogProbGapBound = gapBound };
        var optimizer = _parent.ChildActorOf(
            Optimizer.Props(_upstream, settings, Run, Waves.AttnPo, _device, Folder, FaultPlan.None), SupervisorStrategy.DefaultStrategy);
        optimizer.Tell(new PreparePolicy(Waves.Attempt, new PolicyVersion(0), null, [], false), _parent);
        _parent.ExpectMsg<PolicyReady>();
        optimizer.Tell(Waves.Begin(waves), _parent);
        _upstream.ExpectMsg<BeginStep>();
        Assert.Equal(Math.Min(window, waves), _upstream.ExpectMsg<Demand>().Waves);
        return optimizer;
    }

    private WaveJudged Judged() =>
        (WaveJudged)((WaveRecorded)_parent.FishForMessage(message => message is WaveRecorded { Progress: WaveJudged })).Progress;

    private StepTrained Trained() => (StepTrained)_parent.FishForMessage(message => message is StepTrained);

    private sealed class ScriptedScorer : IScorer
    {
        public const float Gap = 0.25f;

        public IReadOnlyList<ResponseScores> Score(
            IReadOnlyList<ScoreRequest> requests, IReadOnlyList<HeadId> heads, CancellationToken cancellation)
        {
            // The generator of these waves was sure of every token.
            var length = Assert.Single(requests).Response.Length;
            return [new ResponseScores([-Gap, .. new float[length - 1]], [.. Enumerable.Repeat(0.5f, length)], [])];
        }
    }

    private sealed class RecordingTrainer : ITrainer
    {
        public List<int> AccumulatedWaves { get; } = [];

        public List<TrainingSample> Samples { get; } = [];

        public long TokenCount { get; private set; }

        public double LogProbGap { get; set; }

        public double[][] Scores { get; set; } = [];

        public long PolicyVersion { get; private set; }

        public LossSums Accumulate(IReadOnlyList<TrainingSample> samples, CancellationToken cancellation)
        {
            // A wave's prompt is its number.
            AccumulatedWaves.Add(int.Parse(FakeTask.GoldOf(FakeTask.Tokenizer, samples[0].Prompt)));
            Samples.AddRange(samples.Select(sample => sample.Attention is { } attention
                ? sample with { TokenWeights = attention.Weigh(Scores), Attention = null }
                : sample));
            return LossSums.None with { Tokens = 4, LogProbGap = LogProbGap, MaxLogProbGap = LogProbGap, Positions = 9, PaddedPositions = 10 };
        }

        public UpdateReport Update(double learningRate, long tokenCount)
        {
            TokenCount = tokenCount;
            return new UpdateReport(++PolicyVersion, 1);
        }

        public void DiscardGradients()
        {
        }

        public void SaveCheckpoint(string directory) => File.WriteAllText(Path.Combine(directory, "weights"), $"{PolicyVersion}");

        public void LoadCheckpoint(string directory) => throw new NotSupportedException();

        public void Dispose()
        {
        }
    }
}
