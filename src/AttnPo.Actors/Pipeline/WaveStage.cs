using Akka.Actor;
using AttnPo.Actors.Faults;
using AttnPo.Actors.Protocol;
using AttnPo.Actors.Run;
using static AttnPo.Actors.Protocol.RunProtocol;
using static AttnPo.Actors.Protocol.StepProtocol;
using static AttnPo.Actors.Protocol.WaveProtocol;

namespace AttnPo.Actors.Pipeline;

/// <summary>
/// A stage in the middle of the pipeline: takes waves from above in its window, works on one at a time away from its own thread, and
/// passes them on in the order in which they came, against demand from below. Asks for another as soon as one has left.
/// </summary>
internal abstract class WaveStage<TIn, TOut> : Stage
    where TIn : class, IWave
    where TOut : class, IWave
{
    private readonly IActorRef _upstream;
    private readonly int _window;
    private readonly FaultPlan _faults;
    private readonly FaultPoint _passing;
    private readonly Queue<TIn> _waiting = new();
    private readonly Queue<TOut> _ready = new();
    private readonly List<HeldWave> _held = [];
    private BeginStep? _step;
    private WaveWindow _account;
    private IActorRef _downstream = ActorRefs.Nobody;
    private int _demand;
    private bool _working;

    /// <param name="upstream">The stage above.</param>
    /// <param name="window">Waves that it asks for or holds at most.</param>
    /// <param name="faults">Passed when a wave is passed on.</param>
    /// <param name="passing">The point at which that is.</param>
    protected WaveStage(IActorRef upstream, int window, FaultPlan faults, FaultPoint passing)
    {
        (_upstream, _window, _account) = (upstream, window, new WaveWindow(window, 0));
        (_faults, _passing) = (faults, passing);
        Receive<BeginStep>(Begin);
        Receive<Demand>(demand => IsCurrent(demand.Attempt), demand =>
        {
            _demand += demand.Waves;
            PassOn();
        });
        Receive<TIn>(wave => IsCurrent(wave.Attempt), Take);
        Receive<Worked>(worked => IsCurrent(worked.Wave.Attempt), worked => Finish(worked.Wave));
        Receive<WorkFailed>(failed => IsCurrent(failed.Attempt), failed => Fail($"wave {failed.Wave}", failed.Cause));

        // What is left bears an attempt that is no longer under way: its work is done again, or was cancelled.
        Receive<Demand>(_ => { });
        Receive<TIn>(_ => { });
        Receive<Worked>(_ => { });
        Receive<WorkFailed>(_ => { });
    }

    /// <summary>Works on a wave; runs outside the actor, so it takes nothing from it but its arguments and what never changes.</summary>
    protected abstract Task<TOut> WorkAsync(TIn wave, BeginStep step, CancellationToken cancellation);

    /// <summary>What the ledger is told of a wave that is done; null: this stage leaves nothing there.</summary>
    protected virtual RunEvent? Progress(TOut wave) => null;

    protected override StageStatus Status() =>
        new(Name, _step?.Attempt, _account.Outstanding, [.. _held], _account.Done);

    private bool IsCurrent(StepAttempt attempt) => _step?.Attempt == attempt;

    protected override void LetGo()
    {
        _waiting.Clear();
        _ready.Clear();
        _held.Clear();
        (_step, _account) = (null, new WaveWindow(_window, 0));
    }

    private void Begin(BeginStep step)
    {
        RenewCancellation();
        LetGo();
        (_step, _account, _downstream, _demand, _working) = (step, new WaveWindow(_window, step.Waves), Sender, 0, false);
        _upstream.Tell(step);
        AskForMore();
    }

    private void Take(TIn wave)
    {
        _account.Receive();
        _held.Add(new HeldWave(wave.Id, DateTimeOffset.UtcNow));
        _waiting.Enqueue(wave);
        WorkOnNext();
    }

    private void WorkOnNext()
    {
        if (_working || !_waiting.TryDequeue(out var wave)) return;
        _working = true;
        WorkAsync(wave, _step!, Cancellation).PipeTo(
            Self, success: done => new Worked(done), failure: cause => new WorkFailed(wave.Attempt, wave.Id, cause));
    }

    private void Finish(TOut wave)
    {
        _working = false;
        if (Progress(wave) is { } progress) Context.Parent.Tell(new WaveRecorded(wave.Attempt, progress));
        _ready.Enqueue(wave);
        PassOn();
        WorkOnNext();
    }

    private void PassOn()
    {
        while (_demand > 0 && _ready.TryDequeue(out var wave))
        {
            if (_faults.Pass(_passing)) _downstream.Tell(wave);
            _held.RemoveAll(held => held.Wave == wave.Id);
            _demand--;
            _account.Release();
        }
        AskForMore();
    }

    private void AskForMore()
    {
        if (_account.Ask() is > 0 and var count) _upstream.Tell(new Demand(_step!.Attempt, count));
    }

    private sealed record Worked(TOut Wave) : INoSerializationVerificationNeeded;

    private sealed record WorkFailed(StepAttempt Attempt, WaveId Wave, Exception Cause) : INoSerializationVerificationNeeded;
}
