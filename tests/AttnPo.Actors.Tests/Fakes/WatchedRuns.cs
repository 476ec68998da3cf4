using AttnPo.Actors.Run;
using AttnPo.Core.Data;
using AttnPo.Gpu;

namespace AttnPo.Actors.Tests.Fakes;

/// <summary>
/// Runs whose heads are watched on four responses of four steps, every other one essential. The heads that the run begins with, 0:0 and
/// 1:2, rank them right up to version 1 and wrong from version 2 on; 1:1 is always right, all others never are.
/// </summary>
internal static class WatchedRuns
{
    /// <summary>The scores of 1:1; no other head gives them.</summary>
    public const double Essential = 0.8125, Redundant = 0.0625;

    public static readonly HeadId Steady = new(1, 1);

    public static HeadWatchSettings Watch(int every, double? reselect = null) => new()
    {
        Every = every,
        Probe = new ProbeSet(
            [.. Enumerable.Range(0, 4).Select(i => new ScoreRequest(
                [1 + i], [1, 2, 3, 4, 5, 6], 4, [new(0, 1), new(1, 2), new(2, 3), new(3, 4)]))],
            [.. Enumerable.Repeat<IReadOnlyList<StepLabel?>>([StepLabel.Essential, StepLabel.Redundant, StepLabel.Essential, StepLabel.Redundant], 4)]),
        Reselect = reselect,
        Candidates = [.. from layer in Enumerable.Range(0, 2) from head in Enumerable.Range(0, 3) select new HeadId(layer, head)],
    };

    /// <summary>A run that chooses heads anew at step 2; checkpoints lie three steps apart, saved states two.</summary>
    public static RunSetup Drifting(this FakeRun run, int steps, double? reselect = 0.75)
    {
        run.Engine.StepScore = Score;
        return run.LedgerSetup(steps) with { HeadWatch = Watch(every: 2, reselect) };
    }

    public static double Score(long version, HeadId head, int step)
    {
        var isEssential = step % 2 == 0;
        if (head == Steady) return isEssential ? Essential : Redundant;
        var isRight = head is (0, 0) or (1, 2) && version < 2;
        return 0.25 + (isEssential == isRight ? 0.125 : 0) + 0.01 * head.Head + 0.001 * version * step;
    }
}
