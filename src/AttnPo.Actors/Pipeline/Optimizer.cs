using System.Diagnostics;
using Akka.Actor;
using AttnPo.Actors.Faults;
using AttnPo.Actors.Protocol;
using AttnPo.Actors.Run;
using AttnPo.Core.Credit;
using AttnPo.Gpu;
using static AttnPo.Actors.Protocol.RunProtocol;
using static AttnPo.Actors.Protocol.StepProtocol;
using static AttnPo.Actors.Protocol.WaveProtocol;

namespace AttnPo.Actors.Pipeline;

/// <summary>
/// The last stage: adds the waves' gradients, in wave order whatever order they arrive in, makes the update when all are in, and
/// lays the checkpoint on disk where the step has one. Refuses a wave that another policy wrote than the one it is about to update.
/// Comes back to a committed policy from the last checkpoint and the ledger after it.
/// </summary>
internal sealed partial class Optimizer : Stage
{
    private readonly IActorRef _upstream;
    private readonly OptimizerStageSettings _settings;
    private readonly RunSettings _run;
    private readonly CreditSettings _credit;
    private readonly DeviceThread<LearnerEngine> _device;
    private readonly RunFolder _folder;
    private readonly FaultPlan _faults;
    private readonly Dictionary<int, HeldPlannedWave> _arrived = [];
    private IActorRef _coordinator = ActorRefs.Nobody;
    private StepAttempt? _attempt;
    private BeginStep? _step;
    private WaveWindow _account = new(0, 0);
    private StepTally _tally = new();
    private Stopwatch _clock = new();
    private bool _accumulating;

    // A rollout of the step, for the gap between generator and trainer where nothing is trained on.
    private ScoreProbe? _probe;

    /// <param name="upstream">The stage above.</param>
    /// <param name="settings">Learning rate and window.</param>
    /// <param name="run">Steps of the run, which the learning rate's schedule spans, and which of them have a checkpoint.</param>
    /// <param name="credit">What becomes of the attention that the pass reads.</param>
    /// <param name="device">The learner.</param>
    /// <param name="folder">Where checkpoints go, and where the ledger's waves lie.</param>
    /// <param name="faults">Passed before each of the learner's calls.</param>
    public Optimizer(
        IActorRef upstream, OptimizerStageSettings settings, RunSettings run, CreditSettings credit, DeviceThread<LearnerEngine> device,
        RunFolder folder, FaultPlan faults)
    {
        (_upstream, _settings, _run, _credit, _device, _folder, _faults) = (upstream, settings, run, credit, device, folder, faults);
        Receive<PreparePolicy>(Prepare);
        Receive<Retrained>(done => done.Prepare.Attempt == _attempt, Continue);
        Receive<PolicyReady>(ready => ready.Attempt == _attempt, ready => _coordinator.Tell(ready));
        Receive<BeginStep>(Begin);
        Receive<PlannedWave>(wave => wave.Attempt == _step?.Attempt, Take);
        Receive<Accumulated>(done => done.Wave.Attempt == _step?.Attempt, FinishWave);
        Receive<StepTrained>(done => done.Attempt == _step?.Attempt, done => _coordinator.Tell(done));
        Receive<WriteCheckpointNow>(write => write.Attempt == _attempt, WriteCheckpoint);
        Receive<CheckpointLaid>(laid => laid.Attempt == _attempt, laid => _coordinator.Tell(laid));
        Receive<PruneFiles>(Prune);
        Receive<CallFailed>(failed => failed.Attempt == _attempt, failed => Fail($"{failed.Attempt}", failed.Cause));

        // What is left bears an attempt that is no longer under way.
        Receive<Retrained>(_ => { });
        Receive<PolicyReady>(_ => { });
        Receive<PlannedWave>(_ => { });
        Receive<Accumulated>(_ => { });
        Receive<StepTrained>(_ => { });
        Receive<WriteCheckpointNow>(_ => { });
        Receive<Overtaken>(_ => { });
        Receive<CheckpointLaid>(_ => { });
        Receive<CallFailed>(_ => { });
    }

    public static Props Props(
        IActorRef upstream, OptimizerStageSettings settings, RunSettings run, CreditSettings credit, DeviceThread<LearnerEngine> device,
        RunFolder folder, FaultPlan faults) =>
        Akka.Actor.Props.Create(() => new Optimizer(upstream, settings, run, credit, device, folder, faults));

    protected override StageStatus Status() => new(
        Name, _attempt, _account.Outstanding, [.. _arrived.Values.Select(held => new HeldWave(held.Wave.Id, held.Since))],
        _account.Done);

    protected override void LetGo()
    {
        _arrived.Clear();
        (_attempt, _step, _account, _accumulating) = (null, null, new WaveWindow(0, 0), false);
    }

    private void Begin(BeginStep step)
    {
        if (step.Attempt != _attempt) throw new InvalidOperationException($"{step.Attempt} begins, but the learner was prepared for {_attempt}.");
        (_step, _coordinator) = (step, Sender);
        (_account, _tally, _clock) = (new WaveWindow(_settings.Window, step.Waves), new StepTally(), Stopwatch.StartNew());
        _probe = null;
        _upstream.Tell(step);
        Ask(_account.Ask());
    }

    private void Take(PlannedWave wave)
    {
        _account.Receive();
        _arrived.Add(wave.Id.Index, new HeldPlannedWave(wave, DateTimeOffset.UtcNow));
        AccumulateNext();
    }

    private void AccumulateNext()
    {
        if (_accumulating) return;
        if (_arrived.TryGetValue(_account.Done, out var held))
        {
            _accumulating = true;
            Pipe(held.Wave.Attempt, AccumulateAsync(held.Wave, Cancellation));
        }
        else if (_account is { InHand: > 0, Outstanding: 0 })
        {
            // Every wave in hand waits for an earlier one. Without asking for one more than the window, that one would wait for ever.
            Ask(_account.Ask(1));
        }
    }

    /// <summary>Adds a wave's gradient. What its pass reads of attention is laid down: with it the wave is judged.</summary>
    private async Task<Accumulated> AccumulateAsync(PlannedWave wave, CancellationToken cancellation)
    {
        var (training, faults) = (new TrainingSamples(wave, _credit), _faults);
        var (sums, elapsed) = await _device.RunAsync(
            (engine, token) =>
            {
                faults.Pass(FaultPoint.Accumulate);
                if (training.ReadAttention) faults.Pass(FaultPoint.Score);
                return Accumulate(engine.Trainer, wave, wave.Policy, training.Samples, token);
            },
            cancellation).ConfigureAwait(false);
        var groups = training.Scored;
        var scored = new ScoredWave(
            wave.Attempt, wave.Id, wave.Policy, groups, wave.Dropped, wave.Recalled?.Judgement ?? _folder.WriteJudgement(wave.Id, groups),
            wave.Generating, wave.Verifying, wave.Recalled?.Scoring ?? sums?.Reading ?? TimeSpan.Zero);
        return new Accumulated(scored, sums, elapsed - (sums?.Reading ?? TimeSpan.Zero));
    }

    private static (LossSums? Sums, TimeSpan Elapsed) Accumulate(
        ITrainer trainer, IWave wave, PolicyVersion policy, IReadOnlyList<TrainingSample> samples, CancellationToken cancellation)
    {
        if (policy.Value != trainer.PolicyVersion)
        {
            throw new InvalidOperationException(
                $"Wave {wave.Id} was written by policy {policy}, the trainer is at v{trainer.PolicyVersion}: off-policy waves are refused.");
        }
        var clock = Stopwatch.StartNew();
        var sums = samples.Count == 0 ? null : trainer.Accumulate(samples, cancellation);
        return (sums, clock.Elapsed);
    }

    private void FinishWave(Accumulated done)
    {
        var wave = done.Wave;
        _arrived.Remove(wave.Id.Index);
        _accumulating = false;
        _account.Release();
        _tally.Add(wave);
        _tally.Add(done.Sums, done.Elapsed);
        _probe ??= ScoreProbe.Of(wave);
        _coordinator.Tell(new WaveRecorded(
            wave.Attempt, new WaveJudged(wave.Id, wave.Judgement, wave.Verifying.TotalSeconds, wave.Scoring.TotalSeconds)));
        _coordinator.Tell(new WavesTrained(wave.Attempt, _account.Done, _step!.Waves));
        if (_account.IsComplete)
        {
            Update();
            return;
        }
        Ask(_account.Ask());
        AccumulateNext();
    }

    private void Update()
    {
        var (step, tally, clock, folder, faults) = (_step!, _tally, _clock, _folder, _faults);
        var (settings, probe) = (_settings, _probe);
        var learningRate = LearningRateOf(step.Attempt.Step);
        var hasCheckpoint = _run.HasCheckpoint(step.Attempt.Step);
        Call(step.Attempt, (engine, cancellation) =>
        {
            faults.Pass(FaultPoint.Update);
            if (!tally.HasTrained && probe is not null) tally.Add(probe.Measure(engine.Scorer, cancellation), TimeSpan.Zero);
            if (LogProbGapException.Of(tally, settings) is { } beyond) throw beyond;
            var updating = Stopwatch.StartNew();
            var update = engine.Trainer.Update(learningRate, Math.Max(1, tally.CountedTokens));
            updating.Stop();
            var committing = Stopwatch.StartNew();
            var checkpoint = hasCheckpoint ? folder.Checkpoints.Write(step.Attempt.Step, engine.Saver(step.Heads)) : null;
            var metrics = tally.Metrics(update, learningRate, updating.Elapsed, committing.Elapsed, clock.Elapsed);
            return new StepTrained(step.Attempt, new PolicyVersion(update.PolicyVersion), checkpoint, metrics, tally.Groups);
        });
    }

    private double LearningRateOf(StepNumber step) => _settings.LearningRate.At(step.Value, _run.Steps);

    private void Ask(int waves)
    {
        if (waves > 0) _upstream.Tell(new Demand(_step!.Attempt, waves));
    }

    private void Call<T>(StepAttempt attempt, Func<LearnerEngine, CancellationToken, T> call) =>
        Pipe(attempt, _device.RunAsync(call, Cancellation));

    private void Pipe<T>(StepAttempt attempt, Task<T> work) =>
        work.PipeTo(Self, success: result => result, failure: cause => new CallFailed(attempt, cause));

    private sealed record HeldPlannedWave(PlannedWave Wave, DateTimeOffset Since);

    private sealed record Accumulated(ScoredWave Wave, LossSums? Sums, TimeSpan Elapsed) : INoSerializationVerificationNeeded;

    private sealed record CallFailed(StepAttempt Attempt, Exception Cause) : INoSerializationVerificationNeeded;
}
