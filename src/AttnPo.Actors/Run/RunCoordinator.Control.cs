using Akka.Actor;
using AttnPo.Actors.Protocol;
using static AttnPo.Actors.Protocol.RunProtocol;
using static AttnPo.Actors.Protocol.StageProtocol;
using static AttnPo.Actors.Protocol.StepProtocol;

namespace AttnPo.Actors.Run;

/// <summary>
/// How a run is paused, resumed, stopped and given a checkpoint from outside. A drain samples no wave more and lets those in flight
/// end, so each is in the ledger; where they were the last of their step, the step is committed.
/// </summary>
internal sealed partial class RunCoordinator
{
    private readonly List<IActorRef> _checkpointAskers = [];
    private bool _pausing;
    private bool _isPauseTold;
    private int _wavesTrained;
    private int? _wavesSent;

    private void Paused()
    {
    }

    private void Checkpointing()
    {
    }

    /// <summary>What can be asked of a run whatever it is at.</summary>
    private void HandleRequests()
    {
        Command<Stop>(_ => StopSoon());
        Command<Pause>(_ => PauseSoon());
        Command<Resume>(_ => GoOnAfterPause());
        Command<WriteCheckpoint>(_ => CheckpointSoon());
        Command<CheckpointLaid>(laid => laid.Attempt == Attempt || laid.Step == _state.Step, RecordCheckpoint);
    }

    private void StopSoon()
    {
        _stopping = true;
        Interrupt();
    }

    private void PauseSoon()
    {
        if (_phase == nameof(Ended)) Sender.Tell(new RunReply(false, "The run has ended."));
        else if (_state.IsPaused) Sender.Tell(new RunReply(true, $"Paused after step {_state.Step} already."));
        else
        {
            Sender.Tell(new RunReply(true, "Pausing: the waves in flight end first."));
            if (_pausing) return;
            _pausing = true;
            Interrupt();
        }
    }

    private void GoOnAfterPause()
    {
        if (_phase == nameof(Ended)) Sender.Tell(new RunReply(false, "The run has ended."));
        else if (_state.IsPaused)
        {
            var asker = Sender;
            Decide(
                new ResumeRun(),
                onRefusal: reason => asker.Tell(new RunReply(false, reason)),
                onDone: () =>
                {
                    (_pausing, _isPauseTold) = (false, false);
                    asker.Tell(new RunReply(true, $"Going on after step {_state.Step}."));
                    Report(new PauseEnded(_state.Step));
                    if (_phase == nameof(Paused)) GoOn();
                });
        }
        else if (_pausing)
        {
            _pausing = false;
            Sender.Tell(new RunReply(true, "It was about to pause; it goes on."));
        }
        else Sender.Tell(new RunReply(false, "The run is not paused."));
    }

    private void CheckpointSoon()
    {
        if (_phase == nameof(Ended)) Sender.Tell(new RunReply(false, "The run has ended."));
        else if (_state.Step == StepNumber.Start) Sender.Tell(new RunReply(false, "No step is committed yet: the model that the run starts from is all there is."));
        else if (_state.CheckpointStep == _state.Step) Sender.Tell(CheckpointReply());
        else
        {
            _checkpointAskers.Add(Sender);
            // One is enough for all who ask meanwhile. Where none is laid, as when the step is committed first, it is written before what is next.
            if (_checkpointAskers.Count > 1) return;
            if (_phase is nameof(Stepping) or nameof(Evaluating) or nameof(Probing))
                _pipeline!.Optimizer.Tell(new WriteCheckpointNow(Attempt, _state.Step) { Heads = _state.Heads });
            // Where nothing is under way the learner may not even be there; it comes to the committed policy first, and then back to the pause.
            else if (_phase == nameof(Paused)) Prepare();
        }
    }

    private void RecordCheckpoint(CheckpointLaid laid) => Decide(
        new RecordCheckpoint(laid.Step, laid.Checkpoint),
        onRefusal: _ => { },
        onDone: () =>
        {
            AnswerCheckpointAskers(CheckpointReply());
            if (_phase == nameof(Checkpointing)) GoOn();
        });

    private void AnswerCheckpointAskers(RunReply reply)
    {
        foreach (var asker in _checkpointAskers) asker.Tell(reply);
        _checkpointAskers.Clear();
    }

    private RunReply CheckpointReply() => new(true, $"Step {_state.Step} lies in {_plan.Folder.Checkpoints.PathOf(_state.Checkpoint!)}.");

    /// <summary>A stop or a pause is wanted: a step drains; anything else is done again later at little cost.</summary>
    private void Interrupt()
    {
        if (_phase == nameof(Stepping)) _pipeline!.Sampler.Tell(new Drain(Attempt));
        else if (_phase is nameof(Evaluating) or nameof(Probing) or nameof(Preparing) or nameof(BackingOff) or nameof(Paused))
        {
            LetGo();
            GoOn();
        }
    }

    private void ParkIfDrained()
    {
        // The last wave of a step leads to its commit, which looks what is next.
        if (_wavesSent is not { } sent || sent == _plan.WavesPerStep || _wavesTrained < sent) return;
        LetGo();
        GoOn();
    }

    private void LetGo()
    {
        Timers.Cancel(RetryDue.Instance);
        foreach (var child in _pipeline?.All ?? []) child.Tell(new GiveUp(Attempt));
    }

    private void EnterPaused()
    {
        _pausing = false;
        if (!_isPauseTold) Report(new PauseBegun(_state.Step, _state.JudgedWaves));
        _isPauseTold = true;
        Enter(Paused);
        // Asked for while the run opened or drained.
        if (_checkpointAskers.Count > 0) Prepare();
    }
}
