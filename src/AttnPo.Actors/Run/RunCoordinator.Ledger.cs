using Akka.Actor;
using Akka.Event;
using Akka.Persistence;
using AttnPo.Actors.Faults;
using AttnPo.Actors.Protocol;
using static AttnPo.Actors.Protocol.RunProtocol;
using static AttnPo.Actors.Protocol.StepProtocol;
using static AttnPo.Actors.Protocol.WaveProtocol;

namespace AttnPo.Actors.Run;

/// <summary>How the coordinator reads and keeps the ledger: events, saved states, archive.</summary>
internal sealed partial class RunCoordinator
{
    // Events since the last part of the archive; bounded by the steps between two saved states.
    private readonly List<ArchivedEvent> _recent = [];
    private long _archived;
    private StepNumber _savedAt = StepNumber.Start;
    private StepTrained? _trained;

    private void Restore(RunSnapshot saved)
    {
        (_state, _archived, _savedAt) = (saved.State, saved.Archive.LastEvent, saved.State.Step);
        if (_plan.Folder.Metrics.BeginReplay(saved.Metrics, _state.Step, _state.Metrics)) return;
        // Lines from before the archive's beginning cannot be made again: the file that was found is kept for its owner.
        _log.Warning(
            "metrics.jsonl is not what it was at step {0}; it is made again from the archive. What was found is kept as {1}.", _state.Step,
            _plan.Folder.Metrics.SetAside() ?? "nothing: it was gone");
        foreach (var archived in _plan.Folder.Archive.Read().TakeWhile(archived => archived.Sequence <= _archived))
            ReplayMetrics(RunEventSerializer.Read(archived.Content, archived.Kind));
    }

    private void Replay(RunEvent happened)
    {
        _plan.Faults.Pass(FaultPoint.Recover);
        _state = _state.Apply(happened);
        Remember(happened);
        ReplayMetrics(happened);
    }

    private void ReplayMetrics(object happened)
    {
        if (happened is StepCommitted committed) _plan.Folder.Metrics.Replay(committed.Step, committed.Metrics);
        if (happened is HeadsProbed probed) _plan.Folder.Metrics.Replay(probed.Step, LineOf(probed));
        if (happened is Evaluated evaluated) _plan.Folder.Metrics.Replay(evaluated.Step, LineOf(evaluated));
    }

    private void Remember(RunEvent happened) => _recent.Add(
        new ArchivedEvent(LastSequenceNr, RunEventSerializer.KindOf(happened), RunEventSerializer.Write(happened)));

    private void Opening()
    {
        Command<FolderRestored>(_ => GoOn());
        // A file that is not what it was says itself what to do.
        Command<FolderFault>(fault => End(RunEnd.Failed, fault.Cause is InvalidDataException
            ? fault.Cause.Message
            : $"The run's directory could not be made ready: {fault.Cause.Message.TrimEnd('.')}. All up to step {_state.Step} is kept;"
                + " mend the cause and start the same command again."));
    }

    private void RestoreFolder()
    {
        Enter(Opening);
        var (folder, state, archived) = (_plan.Folder, _state, _archived);
        Task.Run(() =>
        {
            folder.Restore(state, archived);
            folder.Metrics.EndReplay();
            return new FolderRestored();
        }).PipeTo(Self, success: restored => restored, failure: cause => new FolderFault(cause));
    }

    private void RecordProgress(WaveRecorded wave)
    {
        _progressAt = DateTimeOffset.UtcNow;
        Decide(
            new RecordWave(wave.Progress),
            onRefusal: reason => End(RunEnd.Failed, $"{reason} This is a fault of the program; please report it with the run's log."),
            onDone: CommitWhenRecorded);
    }

    /// <summary>A step is committed when it is trained and the ledger holds all its waves: only then can it be trained again.</summary>
    private void CommitWhenRecorded()
    {
        if (_trained is not { } trained || _state.JudgedWaves < _plan.WavesPerStep) return;
        _trained = null;
        BlobRecord[] named = [.. _state.OpenWaves.SelectMany(wave => wave.Blobs)];
        _plan.Faults.Pass(FaultPoint.Commit);
        Decide(
            new CommitStep(
                Attempt.Step, trained.Policy, _plan.PromptsPerStep, _plan.PromptSet, trained.Checkpoint, trained.Metrics, trained.Groups),
            onRefusal: reason => End(RunEnd.Failed, reason),
            onEvent: happened =>
            {
                if (happened is not StepCommitted committed) return;
                _plan.Faults.Pass(FaultPoint.Committed);
                _plan.Folder.Metrics.Put(committed.Step, committed.Metrics);
                Report(new StepFinished(committed.Step, committed.Policy, committed.Metrics));
            },
            onDone: () =>
            {
                (_attempt, _restarts) = (0, 0);
                if (_state.CheckpointStep == _state.Step) AnswerCheckpointAskers(CheckpointReply());
                SaveStateWhenDue();
                _pipeline!.Optimizer.Tell(new PruneFiles(_state.CheckpointStep, _state.Step, named));
                GoOn();
            });
    }

    /// <summary>Saves the state, so that the journal before it can go; the archive has its events first.</summary>
    private void SaveStateWhenDue()
    {
        if (_state.Step.Value - _savedAt.Value < _plan.Settings.Retention.SnapshotEvery) return;
        try
        {
            var mark = _plan.Folder.Metrics.Mark();
            var archive = _plan.Folder.Archive.Write(_state.Step, _recent);
            (_archived, _savedAt) = (archive.LastEvent, _state.Step);
            _recent.Clear();
            SaveSnapshot(new RunSnapshot(_state, archive, mark));
        }
        catch (Exception fault)
        {
            // The journal has all of it still; the next commit tries again.
            _log.Warning(fault, "The run's state could not be saved after step {0}; the journal is not pruned.", _state.Step);
        }
    }

    /// <summary>In whatever state the run is, what the store of states and the journal answer.</summary>
    private void HandleStoreAnswers()
    {
        Command<SaveSnapshotSuccess>(saved =>
        {
            _plan.Faults.Pass(FaultPoint.Snapshot);
            DeleteMessages(saved.Metadata.SequenceNr);
            DeleteSnapshots(new SnapshotSelectionCriteria(saved.Metadata.SequenceNr - 1));
        });
        Command<SaveSnapshotFailure>(failure => _log.Warning(failure.Cause, "The run's state could not be saved; the journal is not pruned."));
        Command<DeleteSnapshotsFailure>(failure => _log.Warning(failure.Cause, "Former states could not be removed; the next saved state removes them."));
        Command<DeleteMessagesFailure>(failure => _log.Warning(failure.Cause, "The journal could not be pruned; the next saved state prunes it."));
    }

    private sealed record FolderRestored : INoSerializationVerificationNeeded;

    private sealed record FolderFault(Exception Cause) : INoSerializationVerificationNeeded;
}
