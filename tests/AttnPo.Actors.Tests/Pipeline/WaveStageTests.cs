using Akka.Actor;
using Akka.TestKit;
using AttnPo.Actors.Faults;
using AttnPo.Actors.Pipeline;
using AttnPo.Actors.Protocol;
using AttnPo.Actors.Tests.Fakes;
using Xunit;
using static AttnPo.Actors.Protocol.RunProtocol;
using static AttnPo.Actors.Protocol.StageProtocol;
using static AttnPo.Actors.Protocol.StepProtocol;
using static AttnPo.Actors.Protocol.WaveProtocol;

namespace AttnPo.Actors.Tests.Pipeline;

/// <summary>What every middle stage does with demand and waves, with a probe at each end.</summary>
public sealed class WaveStageTests : StageSpec
{
    private static readonly TimeSpan Quiet = TimeSpan.FromMilliseconds(50);
    private readonly TestProbe _upstream;
    private readonly TestProbe _downstream;

    public WaveStageTests() => (_upstream, _downstream) = (CreateTestProbe(), CreateTestProbe());

    [Fact]
    public void The_beginning_of_a_step_goes_up_before_any_demand()
    {
        var stage = Stage(window: 2);
        stage.Tell(Waves.Begin(5), _downstream);
        Assert.Equal(Waves.Begin(5), _upstream.ExpectMsg<BeginStep>());
        Assert.Equal(new Demand(Waves.Attempt, 2), _upstream.ExpectMsg<Demand>());
    }

    [Fact]
    public void Finished_waves_wait_for_demand_and_come_in_order()
    {
        var stage = Begin(window: 3, waves: 3);
        for (var i = 0; i < 3; i++) stage.Tell(Waves.Sampled(i), _upstream);
        _downstream.ExpectNoMsg(Quiet);
        stage.Tell(new Demand(Waves.Attempt, 2), _downstream);
        Assert.Equal([0, 1], [_downstream.ExpectMsg<Passed>().Id.Index, _downstream.ExpectMsg<Passed>().Id.Index]);
        _downstream.ExpectNoMsg(Quiet);
        stage.Tell(new Demand(Waves.Attempt, 1), _downstream);
        Assert.Equal(2, _downstream.ExpectMsg<Passed>().Id.Index);
    }

    [Theory]
    [Trait("Contract", "C6")]
    [InlineData(1)]
    [InlineData(3)]
    public async Task A_fast_producer_and_a_slow_consumer_leave_at_most_a_window_in_hand(int window)
    {
        const int Total = 12;
        var stage = Begin(window, Total, answerDemand: false);
        int asked = window, sent = 0;
        for (var taken = 0; taken < Total; taken++)
        {
            // The producer sends at once whatever may be sent.
            while (sent < asked) stage.Tell(Waves.Sampled(sent++), _upstream);
            var status = await stage.Ask<StageStatus>(GetStageStatus.Instance, TimeSpan.FromSeconds(10));
            Assert.InRange(status.InHand.Count + status.DemandOutstanding, 0, window);
            stage.Tell(new Demand(Waves.Attempt, 1), _downstream);
            Assert.Equal(taken, _downstream.ExpectMsg<Passed>().Id.Index);
            if (asked < Total) asked += _upstream.ExpectMsg<Demand>().Waves;
        }
        _upstream.ExpectNoMsg(Quiet);
        Assert.Equal(Total, asked);
    }

    [Fact]
    public void A_wave_that_was_not_asked_for_is_a_fault()
    {
        var parent = CreateTestProbe();
        var stage = Begin(window: 1, waves: 1, parent: parent);
        stage.Tell(Waves.Sampled(0), _upstream);
        stage.Tell(Waves.Sampled(1), _upstream);
        Assert.Contains("not asked for", parent.ExpectMsg<StageRestarted>().Reason);
    }

    [Fact]
    public void A_failure_of_its_work_restarts_it_and_its_parent_is_told_the_cause()
    {
        var parent = CreateTestProbe();
        var stage = Begin(window: 2, waves: 2, parent: parent, work: _ => throw new IOException("broken"));
        stage.Tell(Waves.Sampled(0), _upstream);
        Assert.Equal(new StageRestarted(nameof(Passing), Waves.Attempt, "IOException: broken", false), parent.ExpectMsg<StageRestarted>());
    }

    [Fact]
    public void Waves_demand_and_results_of_an_attempt_that_was_given_up_are_dropped()
    {
        using var release = new ManualResetEventSlim();
        var stage = Begin(window: 2, waves: 2, work: wave => { if (wave.Attempt == Waves.Attempt) release.Wait(); });
        stage.Tell(Waves.Sampled(0), _upstream);
        stage.Tell(new Demand(Waves.Attempt, 2), _downstream);
        var second = Waves.Attempt with { Attempt = 2 };
        stage.Tell(Waves.Begin(2, second), _downstream);
        _upstream.ExpectMsg<BeginStep>();
        _upstream.ExpectMsg<Demand>(demand => Assert.Equal(second, demand.Attempt));
        release.Set();
        stage.Tell(Waves.Sampled(1), _upstream);
        stage.Tell(new Demand(second, 1), _downstream);
        _downstream.ExpectNoMsg(Quiet);
        stage.Tell(Waves.Sampled(0, second), _upstream);
        Assert.Equal(second, _downstream.ExpectMsg<Passed>().Attempt);
    }

    [Fact]
    public void The_work_of_an_attempt_is_cancelled_when_another_begins_and_when_the_stage_stops()
    {
        var cancelled = CreateTestProbe();
        var stage = Sys.ActorOf(Props.Create(() => new Hanging(_upstream, cancelled)));
        for (var attempt = 1; attempt <= 2; attempt++)
        {
            var begin = Waves.Begin(2, Waves.Attempt with { Attempt = attempt });
            stage.Tell(begin, _downstream);
            if (attempt == 2) cancelled.ExpectMsg("cancelled");
            stage.Tell(Waves.Sampled(0, begin.Attempt), _upstream);
            cancelled.ExpectMsg("began");
        }
        Sys.Stop(stage);
        cancelled.ExpectMsg("cancelled");
    }

    [Fact]
    public void An_attempt_that_is_given_up_is_cancelled_and_its_late_failure_is_nobodys()
    {
        var (cancelled, parent) = (CreateTestProbe(), CreateTestProbe());
        var stage = parent.ChildActorOf(Props.Create(() => new Hanging(_upstream, cancelled)), SupervisorStrategy.DefaultStrategy);
        stage.Tell(Waves.Begin(2), _downstream);
        stage.Tell(Waves.Sampled(0), _upstream);
        cancelled.ExpectMsg("began");
        stage.Tell(new GiveUp(Waves.Attempt with { Attempt = 7 }), parent);
        cancelled.ExpectNoMsg(Quiet);
        stage.Tell(new GiveUp(Waves.Attempt), parent);
        cancelled.ExpectMsg("cancelled");
        stage.Tell(GetStageStatus.Instance, parent);
        var status = parent.ExpectMsg<StageStatus>();
        Assert.Null(status.Attempt);
        Assert.Empty(status.InHand);
        parent.ExpectNoMsg(Quiet);
    }

    private IActorRef Stage(int window, Action<SampledWave>? work = null, TestProbe? parent = null)
    {
        work ??= _ => { };
        var props = Props.Create(() => new Passing(_upstream, window, work));
        return parent is null ? Sys.ActorOf(props) : parent.ChildActorOf(props, SupervisorStrategy.DefaultStrategy);
    }

    private IActorRef Begin(
        int window, int waves, bool answerDemand = true, TestProbe? parent = null, Action<SampledWave>? work = null)
    {
        var stage = Stage(window, work, parent);
        stage.Tell(Waves.Begin(waves), _downstream);
        _upstream.ExpectMsg<BeginStep>();
        Assert.Equal(Math.Min(window, waves), _upstream.ExpectMsg<Demand>().Waves);
        if (answerDemand) _upstream.ExpectNoMsg(TimeSpan.Zero);
        return stage;
    }

    private sealed record Passed(StepAttempt Attempt, WaveId Id) : IWave;

    private sealed class Passing(IActorRef upstream, int window, Action<SampledWave> work) : WaveStage<SampledWave, Passed>(upstream, window, FaultPlan.None, FaultPoint.Judged)
    {
        protected override Task<Passed> WorkAsync(SampledWave wave, BeginStep step, CancellationToken cancellation) => Task.Run(() =>
        {
            work(wave);
            return new Passed(wave.Attempt, wave.Id);
        });
    }

    private sealed class Hanging(IActorRef upstream, IActorRef told) : WaveStage<SampledWave, Passed>(upstream, 2, FaultPlan.None, FaultPoint.Judged)
    {
        protected override async Task<Passed> WorkAsync(SampledWave wave, BeginStep step, CancellationToken cancellation)
        {
            var never = new TaskCompletionSource();
            await using var registration = cancellation.Register(() =>
            {
                told.Tell("cancelled");
                never.SetCanceled(cancellation);
            });
            told.Tell("began");
            await never.Task;
            return new Passed(wave.Attempt, wave.Id);
        }
    }
}
