using System.Diagnostics;
using Akka.Actor;
using AttnPo.Actors.Faults;
using AttnPo.Actors.Pipeline;
using AttnPo.Actors.Protocol;
using AttnPo.Core.Credit;
using AttnPo.Core.Probing;
using AttnPo.Gpu;
using static AttnPo.Actors.Protocol.HeadProtocol;
using static AttnPo.Actors.Protocol.RunProtocol;

namespace AttnPo.Actors.Run;

/// <summary>
/// Looks whether the chosen heads still are what they were chosen for, while training changes the policy that they belong to: scores
/// the same responses each time, compares the scores with those at the start, and where labels are known asks whether essential steps
/// still rank above redundant ones. Below a bound it chooses heads anew, on one half of the responses; they are taken where they are
/// better on the other half. On the learner's thread, between two steps, some responses at a time: what is said after each is progress, so a
/// look may take longer than anything may stand still.
/// </summary>
internal sealed class HeadWatch : Stage
{
    private readonly HeadWatchSettings _settings;
    private readonly IReadOnlyList<HeadId> _own;
    private readonly DeviceThread<LearnerEngine> _device;
    private readonly FaultPlan _faults;
    private ProbeHeads? _task;
    private HeldWave? _held;
    private IActorRef _coordinator = ActorRefs.Nobody;

    /// <param name="settings">What is scored, and when heads are chosen anew.</param>
    /// <param name="own">The heads of the settings.</param>
    /// <param name="device">The learner.</param>
    /// <param name="faults">Passed before its call.</param>
    public HeadWatch(HeadWatchSettings settings, IReadOnlyList<HeadId> own, DeviceThread<LearnerEngine> device, FaultPlan faults)
    {
        (_settings, _own, _device, _faults) = (settings, own, device, faults);
        Receive<ProbeHeads>(Begin);
        Receive<LookGoesOn>(scored => scored.Attempt == _task?.Attempt, GoOn);
        Receive<HeadsMeasured>(done => done.Attempt == _task?.Attempt, Finish);
        Receive<ProbeFailed>(failed => failed.Attempt == _task?.Attempt, failed => Fail($"{failed.Attempt}", failed.Cause));
        // What is left bears an attempt that is no longer under way.
        Receive<LookGoesOn>(_ => { });
        Receive<HeadsMeasured>(_ => { });
        Receive<ProbeFailed>(_ => { });
    }

    public static Props Props(
        HeadWatchSettings settings, IReadOnlyList<HeadId> own, DeviceThread<LearnerEngine> device, FaultPlan faults) =>
        Akka.Actor.Props.Create(() => new HeadWatch(settings, own, device, faults));

    protected override StageStatus Status() => new(Name, _task?.Attempt, 0, _held is null ? [] : [_held], 0);

    protected override void LetGo() => (_task, _held) = (null, null);

    private void Begin(ProbeHeads task)
    {
        RenewCancellation();
        (_task, _coordinator, _held) = (task, Sender, new HeldWave(new WaveId(task.Attempt.Step, 0), DateTimeOffset.UtcNow));
        MeasureAsync(task, Cancellation).PipeTo(
            Self, success: found => new HeadsMeasured(task.Attempt, task.Policy, found), failure: cause => new ProbeFailed(task.Attempt, cause));
    }

    private void GoOn(LookGoesOn scored)
    {
        _held = new HeldWave(new WaveId(scored.Attempt.Step, scored.Done), DateTimeOffset.UtcNow);
        _coordinator.Tell(scored);
    }

    private void Finish(HeadsMeasured done)
    {
        LetGo();
        _coordinator.Tell(done);
    }

    private async Task<HeadMeasurement> MeasureAsync(ProbeHeads task, CancellationToken cancellation)
    {
        var (probe, heads, clock, looking) = (_settings.Probe, task.Heads ?? _own, Stopwatch.StartNew(), new Look(task, Self));
        var scores = Mean(await ScoreAsync(looking, heads, cancellation).ConfigureAwait(false));
        var accuracy = probe.Accuracy(probe.Ranked, scores);
        var reference = ReferenceOf(scores);
        var metrics = new SortedDictionary<string, double>(StringComparer.Ordinal)
        {
            ["heads/pearson"] = task.Reference?.ProbeSet == probe.Name ? Correlation.Pearson(task.Reference.Scores, reference.Scores) : 1,
        };
        if (accuracy is { } known) metrics["heads/sra"] = known;

        HeadSelectionResult? selection = null;
        if (task.MaySelect && accuracy < _settings.Reselect)
        {
            var found = Select(await ScoreAsync(looking, _settings.Candidates, cancellation).ConfigureAwait(false), scores);
            metrics["heads/found_sra"] = found.Accuracy;
            if (found.Accuracy > found.FormerAccuracy) selection = found;
        }
        if (_settings.Reselect is not null) metrics["heads/reselected"] = selection is null ? 0 : 1;
        metrics["time/probe_s"] = clock.Elapsed.TotalSeconds;
        return new HeadMeasurement(heads, reference, metrics, selection);
    }

    private async Task<IReadOnlyList<ResponseScores>> ScoreAsync(Look look, IReadOnlyList<HeadId> heads, CancellationToken cancellation)
    {
        var (scores, faults, policy) = (new List<ResponseScores>(), _faults, look.Task.Policy);
        foreach (var requests in _settings.Probe.Requests.Chunk(HeadWatchSettings.ResponsesAtOnce))
        {
            scores.AddRange(await _device.RunAsync(
                (engine, token) =>
                {
                    faults.Pass(FaultPoint.Probe);
                    if (engine.Trainer.PolicyVersion != policy.Value)
                        throw new InvalidOperationException($"Policy {policy} is to be scored, but the learner is at v{engine.Trainer.PolicyVersion}.");
                    return engine.Scorer.Score(requests, heads, token);
                },
                cancellation).ConfigureAwait(false));
            look.Self.Tell(new LookGoesOn(look.Task.Attempt, ++look.Done));
        }
        return scores;
    }

    /// <summary>Chooses on one half of the responses, as many heads as that half finds enough, and measures on the other.</summary>
    /// <param name="all">Scores of all candidates.</param>
    /// <param name="former">Scores of the heads in use.</param>
    private HeadSelectionResult Select(IReadOnlyList<ResponseScores> all, IReadOnlyList<double[]> former)
    {
        var probe = _settings.Probe;
        var (choosing, measuring) = probe.Halves;
        var grown = HeadSelection.Greedy([.. choosing.Select(i => probe.Evidence(i, all[i].HeadScores))], _settings.Most);
        int[] picks = [.. grown.Take(HeadSelection.Saturation(grown, _settings.Most, HeadReport.Tolerance)).Select(pick => pick.Head)];
        var scores = Mean([.. all.Select(of => of with { HeadScores = [.. picks.Select(pick => of.HeadScores[pick])] })]);
        return new HeadSelectionResult(
            [.. picks.Select(pick => _settings.Candidates[pick])], probe.Accuracy(measuring, scores)!.Value, probe.Accuracy(measuring, former)!.Value,
            ReferenceOf(scores));
    }

    private HeadReference ReferenceOf(IReadOnlyList<double[]> scores) => new(_settings.Probe.Name, [.. scores.SelectMany(ofSteps => ofSteps)]);

    private static double[][] Mean(IReadOnlyList<ResponseScores> responses) =>
        [.. responses.Select(scores => StepScores.Mean(scores.HeadScores))];

    /// <summary>A look under way: what for, who hears of its progress, and how many calls it has made.</summary>
    private sealed class Look(ProbeHeads task, IActorRef self)
    {
        public ProbeHeads Task { get; } = task;

        public IActorRef Self { get; } = self;

        public int Done { get; set; }
    }

    private sealed record ProbeFailed(StepAttempt Attempt, Exception Cause) : INoSerializationVerificationNeeded;
}
