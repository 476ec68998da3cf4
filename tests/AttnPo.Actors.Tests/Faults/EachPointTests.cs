using AttnPo.Actors.Faults;
using AttnPo.Actors.Protocol;
using AttnPo.Actors.Tests.Fakes;
using Xunit;
using static AttnPo.Actors.Protocol.RunProtocol;

namespace AttnPo.Actors.Tests.Faults;

/// <summary>
/// Whatever fails at whatever point, a run ends as one left alone: by itself, or when it is started again, as its message says. Each
/// case goes on with the same run, which was cut off before, so that it reads, trains again and sweeps as well.
/// </summary>
[Trait("Contract", "C3")]
public sealed class EachPointTests(HalfRun half) : IClassFixture<HalfRun>
{
    /// <summary>At these the coordinator itself falls, or nothing is begun yet: the run ends, and goes on when it is started again.</summary>
    private static readonly FaultPoint[] Ending = [FaultPoint.Commit, FaultPoint.Committed, FaultPoint.Snapshot, FaultPoint.Sweep];

    /// <summary>Each point, with some of the passings that the second half of the run certainly makes.</summary>
    public static TheoryData<FaultPoint, int> Passings()
    {
        var passings = new TheoryData<FaultPoint, int>();
        foreach (var point in Enum.GetValues<FaultPoint>())
            foreach (var after in AftersOf(point)) passings.Add(point, after);
        return passings;
    }

    public static TheoryData<FaultPoint> Points() => [.. Enum.GetValues<FaultPoint>()];

    [Theory]
    [MemberData(nameof(Passings))]
    public async Task A_point_that_throws_costs_work_but_changes_nothing(FaultPoint point, int after)
    {
        using var run = half.Copy();
        var outcome = await GoOnAsync(run, new Fault { Point = point, Action = FaultAction.Throw, After = after });
        Assert.Equal(Ending.Contains(point) ? RunEnd.Failed : RunEnd.Finished, outcome.End);
        if (outcome.End == RunEnd.Failed) await GoOnAsToldAsync(run, point, outcome);
        half.AssertUndisturbed(run);
    }

    [Theory]
    [MemberData(nameof(Points))]
    public async Task A_point_that_always_throws_ends_the_run_with_its_name_and_what_to_do(FaultPoint point)
    {
        using var run = half.Copy();
        var outcome = await GoOnAsync(run, new Fault { Point = point, Action = FaultAction.Throw, Times = Fault.Always });
        // Without an archive the journal is not pruned, which does a run no harm.
        Assert.Equal(point == FaultPoint.Archive ? RunEnd.Finished : RunEnd.Failed, outcome.End);
        if (outcome.End == RunEnd.Failed) await GoOnAsToldAsync(run, point, outcome);
        half.AssertUndisturbed(run);
    }

    [Theory]
    [MemberData(nameof(Points))]
    public async Task A_point_that_takes_long_changes_nothing(FaultPoint point)
    {
        using var run = half.Copy();
        var fault = new Fault { Point = point, Action = FaultAction.Delay, Delay = TimeSpan.FromMilliseconds(30) };
        Assert.Equal(RunEnd.Finished, (await GoOnAsync(run, fault)).End);
        Assert.Empty(run.News.OfType<WorkRetried>());
        half.AssertUndisturbed(run);
    }

    [Theory]
    [Trait("Contract", "C4")]
    [InlineData(FaultPoint.Sample, 0)]
    [InlineData(FaultPoint.Sample, 3)]
    [InlineData(FaultPoint.Generated, 0)]
    [InlineData(FaultPoint.Generated, 3)]
    [InlineData(FaultPoint.Judged, 1)]
    [InlineData(FaultPoint.Judged, 3)]
    [InlineData(FaultPoint.Scored, 1)]
    [InlineData(FaultPoint.Scored, 3)]
    public async Task A_wave_that_is_lost_is_named_and_then_its_step_is_begun_again(FaultPoint point, int after)
    {
        using var run = half.Copy();
        var settings = half.Settings(run);
        settings = settings with
        {
            Run = settings.Run with { StallAfter = TimeSpan.FromMilliseconds(100), GiveUpAfter = TimeSpan.FromSeconds(1), RestartBudget = 20 },
        };

        var outcome = await half.GoOnAsync(run, settings, new Fault { Point = point, Action = FaultAction.Drop, After = after });

        Assert.Equal(RunEnd.Finished, outcome.End);
        var given = run.News.OfType<WorkRetried>().First();
        Assert.Equal((new StepNumber(6), "the watchdog"), (given.Step, given.Stage));
        Assert.Contains($"wave 6/{after} is at no stage, and step 6 attempt 1 waits for it since", given.Reason);
        Assert.Contains($"Past the deadline of 00:00:00.1000000: wave 6/{after} is at no stage", run.Log());
        half.AssertUndisturbed(run);
    }

    private static int[] AftersOf(FaultPoint point) => point switch
    {
        FaultPoint.Sweep or FaultPoint.Snapshot => [0],
        FaultPoint.Probe or FaultPoint.Retrain or FaultPoint.Archive or FaultPoint.CheckpointWrite or FaultPoint.CheckpointNamed => [0, 1],
        FaultPoint.Update or FaultPoint.Commit or FaultPoint.Committed => [0, 2],
        FaultPoint.Score => [0, 3],
        _ => [0, 5],
    };

    private Task<RunOutcome> GoOnAsync(FakeRun run, Fault fault) => half.GoOnAsync(run, half.Settings(run), fault);

    private async Task GoOnAsToldAsync(FakeRun run, FaultPoint point, RunOutcome failed)
    {
        Assert.Contains($"A fault was injected at {FaultNames.Of(point)}.", failed.Message, StringComparison.Ordinal);
        Assert.Contains("start the same command again", failed.Message, StringComparison.Ordinal);
        Assert.Equal(RunEnd.Finished, (await half.GoOnAsync(run)).End);
    }
}
