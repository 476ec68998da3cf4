using AttnPo.Actors.Faults;

namespace AttnPo.Host.Chaos;

/// <summary>One kill to come.</summary>
/// <param name="Phase">Where it is to fall.</param>
/// <param name="Fault">How the process kills itself there; null: it is killed from outside after <paramref name="Delay"/>.</param>
/// <param name="Delay">From outside: after the start. Else: after the point.</param>
internal sealed record PlannedKill(KillPhase Phase, Fault? Fault, TimeSpan Delay);

/// <summary>What a run is at, between two of its lives.</summary>
/// <param name="StepsLeft">Steps that it has still to make: a kill that would come after its end is none.</param>
/// <param name="HasJournal">There is something to recover.</param>
/// <param name="HasLedgerSteps">Steps were committed since the last checkpoint, and are trained again at a start.</param>
/// <param name="Evaluates">An evaluation is what it does next.</param>
/// <param name="Watches">It looks at its heads before it makes a step.</param>
internal sealed record RunPosition(int StepsLeft, bool HasJournal, bool HasLedgerSteps, bool Evaluates, bool Watches);

/// <summary>
/// Which kill comes next: every phase in turn, in an order that the seed decides, so that N kills are spread evenly. One that is out
/// of reach waits for its next turn; the evaluation and the look at the heads, which a run makes at its start, come first. A function of the seed and of what
/// it is told.
/// </summary>
internal sealed class KillPlan(int seed)
{
    // An evaluation of few prompts is one wave.
    private static readonly FaultPoint[] PassedOnce =
    [
        FaultPoint.Sweep, FaultPoint.Retrain, FaultPoint.Archive, FaultPoint.Snapshot, FaultPoint.CheckpointWrite, FaultPoint.CheckpointNamed,
        FaultPoint.Evaluate, FaultPoint.Probe,
    ];

    private readonly Random _random = new(seed);
    private readonly List<KillPhase> _waiting = [];

    /// <summary>Decides on a kill.</summary>
    /// <param name="run">What the run is at.</param>
    /// <param name="waveSeconds">How long a wave takes, about: a kill in the middle of work falls within it.</param>
    /// <param name="lifeSeconds">How long a life may be that is ended at any moment.</param>
    public PlannedKill Next(RunPosition run, double waveSeconds, double lifeSeconds)
    {
        // A phase that is out of reach now keeps its place before those of the next round.
        for (var round = 0; round < 2; round++)
        {
            if (_waiting.Find(phase => IsInReach(phase, run)) is { } phase)
            {
                _waiting.Remove(phase);
                return Plan(phase, run, waveSeconds, lifeSeconds);
            }
            var order = KillPhase.All.ToArray();
            _random.Shuffle(order);
            _waiting.AddRange(order.OrderBy(next => next.Points.Contains(FaultPoint.Evaluate) ? 0 : next.Points.Contains(FaultPoint.Probe) ? 1 : 2));
        }
        throw new InvalidOperationException("A run that has not ended can be killed at any moment.");
    }

    private static bool IsInReach(KillPhase phase, RunPosition run) =>
        phase.Points.Contains(FaultPoint.Evaluate) ? run.Evaluates
        : phase.Points.Contains(FaultPoint.Probe) ? run.Watches
        : phase.Points.Contains(FaultPoint.Recover) ? run.HasJournal
        : phase.Points.Count == 0 || phase.Steps < run.StepsLeft;

    private PlannedKill Plan(KillPhase phase, RunPosition run, double waveSeconds, double lifeSeconds)
    {
        if (phase.Points.Count == 0) return new PlannedKill(phase, null, Milliseconds(_random.NextDouble() * lifeSeconds));
        var points = phase.Points.Where(point => point switch
        {
            FaultPoint.Retrain => run.HasLedgerSteps,
            // A saved state may have left the journal empty; then the run lives on, and a kill from outside needs steps to come in.
            FaultPoint.Recover => run.StepsLeft > KillPhase.Grace,
            _ => true,
        }).ToArray();
        var point = points[_random.Next(points.Length)];
        var delay = phase.Deep ? Milliseconds(_random.NextDouble() * waveSeconds) : TimeSpan.Zero;
        // A step passes most points about twice, so that letting one passing go by spreads the kills further. The others are not sure
        // to be passed again before the run's end; at the first decoding the delay spreads them, and the time to it is measured.
        var after = point == FaultPoint.Generate || PassedOnce.Contains(point) ? 0 : _random.Next(2);
        return new PlannedKill(phase, new Fault { Point = point, Action = FaultAction.Crash, After = after, Delay = delay }, delay);
    }

    private static TimeSpan Milliseconds(double seconds) => TimeSpan.FromMilliseconds(Math.Max(1, Math.Round(seconds * 1000)));
}
