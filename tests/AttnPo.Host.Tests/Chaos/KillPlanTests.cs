using AttnPo.Actors.Faults;
using AttnPo.Host.Chaos;
using Xunit;

namespace AttnPo.Host.Tests.Chaos;

/// <summary>Which kills a plan decides on: a function of its seed and of what the run is at.</summary>
public sealed class KillPlanTests
{
    private const double Wave = 0.3, Life = 2.5;

    private static readonly RunPosition InTheMiddle = new(StepsLeft: 1000, HasJournal: true, HasLedgerSteps: true, Evaluates: false, Watches: false);

    private static readonly RunPosition AtTheStart = InTheMiddle with { HasJournal = false, HasLedgerSteps = false, Evaluates = true, Watches = true };

    [Fact]
    [Trait("Contract", "C3")]
    public void Every_phase_comes_equally_often_while_all_are_in_reach()
    {
        const int rounds = 20;
        var phases = Next(new KillPlan(1), InTheMiddle with { Evaluates = true, Watches = true }, rounds * KillPhase.All.Count).Select(kill => kill.Phase).ToList();

        Assert.All(KillPhase.All, phase => Assert.Equal(rounds, phases.Count(other => other == phase)));
    }

    [Fact]
    [Trait("Contract", "C3")]
    public void Kills_that_are_fewer_than_the_phases_fall_into_a_phase_each()
    {
        var phases = Next(new KillPlan(1), InTheMiddle, KillPhase.All.Count - 2).Select(kill => kill.Phase.Name).ToList();

        Assert.Equal(phases.Count, phases.Distinct().Count());
    }

    [Fact]
    [Trait("Contract", "C3")]
    public void Many_kills_of_a_plan_hit_every_point_at_which_a_process_can_die()
    {
        var hit = Next(new KillPlan(1), InTheMiddle with { Evaluates = true, Watches = true }, 20 * KillPhase.All.Count).Select(kill => kill.Fault?.Point).OfType<FaultPoint>();

        Assert.Equal(Enum.GetValues<FaultPoint>(), hit.Distinct().Order());
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    public void The_evaluation_and_the_look_at_the_heads_come_first_and_not_again_once_they_are_made(int seed)
    {
        var plan = new KillPlan(seed);

        Assert.Equal(FaultPoint.Evaluate, plan.Next(AtTheStart, Wave, Life).Fault?.Point);
        Assert.Equal(FaultPoint.Probe, plan.Next(AtTheStart with { Evaluates = false }, Wave, Life).Fault?.Point);
        Assert.All(Next(plan, InTheMiddle, 200), kill => Assert.False(kill.Fault?.Point is FaultPoint.Evaluate or FaultPoint.Probe));
    }

    [Fact]
    public void The_one_wave_of_a_short_evaluation_does_not_pass_without_its_kill()
    {
        foreach (var seed in Enumerable.Range(1, 50)) Assert.Equal(0, new KillPlan(seed).Next(AtTheStart, Wave, Life).Fault?.After);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    [InlineData(4)]
    public void Near_its_end_a_run_is_killed_only_where_it_still_comes(int stepsLeft)
    {
        var kills = Next(new KillPlan(1), InTheMiddle with { StepsLeft = stepsLeft }, 200);

        Assert.All(kills, kill => Assert.True(kill.Phase.Steps < stepsLeft || kill.Fault is null, $"{kill.Phase.Name} is out of reach"));
        Assert.Equal(stepsLeft > KillPhase.CheckpointEvery, kills.Any(kill => kill.Fault?.Point == FaultPoint.CheckpointWrite));
        Assert.Equal(stepsLeft > KillPhase.SnapshotEvery, kills.Any(kill => kill.Fault?.Point == FaultPoint.Snapshot));
        Assert.Equal(stepsLeft > 1, kills.Any(kill => kill.Fault?.Point == FaultPoint.Update));
        Assert.Equal(stepsLeft > KillPhase.Grace, kills.Any(kill => kill.Fault?.Point == FaultPoint.Recover));
    }

    [Fact]
    public void Nothing_is_recovered_and_nothing_trained_again_where_nothing_is_there()
    {
        Assert.All(
            Next(new KillPlan(1), InTheMiddle with { HasJournal = false }, 200),
            kill => Assert.DoesNotContain(kill.Fault?.Point, new FaultPoint?[] { FaultPoint.Recover, FaultPoint.Sweep, FaultPoint.Retrain }));
        Assert.All(
            Next(new KillPlan(1), InTheMiddle with { HasLedgerSteps = false }, 200), kill => Assert.NotEqual(FaultPoint.Retrain, kill.Fault?.Point));
    }

    [Fact]
    public void A_phase_that_was_out_of_reach_comes_before_those_of_the_next_round()
    {
        var plan = new KillPlan(1);
        var first = Next(plan, InTheMiddle with { StepsLeft = 3 }, KillPhase.All.Count - 3).Select(kill => kill.Phase).ToList();
        var late = KillPhase.All.Single(phase => phase.Points.Contains(FaultPoint.CheckpointWrite));

        Assert.DoesNotContain(late, first);
        Assert.Equal(late, plan.Next(InTheMiddle, Wave, Life).Phase);
    }

    [Fact]
    public void The_same_seed_gives_the_same_plan_and_another_seed_another()
    {
        var plan = Next(new KillPlan(5), InTheMiddle, 50);

        Assert.Equal(plan, Next(new KillPlan(5), InTheMiddle, 50));
        Assert.NotEqual(plan, Next(new KillPlan(6), InTheMiddle, 50));
    }

    [Fact]
    public void What_is_planned_is_a_fault_that_train_takes_or_a_kill_within_the_life_of_the_run()
    {
        foreach (var kill in Next(new KillPlan(1), InTheMiddle with { Evaluates = true, Watches = true }, 300))
        {
            Assert.InRange(kill.Delay, TimeSpan.Zero, TimeSpan.FromSeconds(kill.Fault is null ? Life : Wave));
            if (kill.Fault is { } fault) Assert.Equal(fault, Fault.Parse(fault.ToString()));
        }
    }

    private static List<PlannedKill> Next(KillPlan plan, RunPosition run, int count) =>
        [.. Enumerable.Range(0, count).Select(_ => plan.Next(run, Wave, Life))];
}
