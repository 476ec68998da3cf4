using Akka.Actor;
using Akka.Event;
using AttnPo.Actors.Protocol;
using static AttnPo.Actors.Protocol.RunProtocol;
using static AttnPo.Actors.Protocol.StageProtocol;

namespace AttnPo.Actors.Run;

/// <summary>What the coordinator does whatever it is at: bears faults, watches deadlines, answers, ends.</summary>
internal sealed partial class RunCoordinator
{
    private static readonly TimeSpan LongestAnswer = TimeSpan.FromSeconds(2);

    /// <summary>Goes over to a behaviour, named after the state.</summary>
    private void Enter(Action behaviour)
    {
        _phase = behaviour.Method.Name;
        _progressAt = DateTimeOffset.UtcNow;
        _overdue = [];
        Become(() =>
        {
            behaviour();
            Command<GetStatus>(_ => AnswerStatus(Sender));
            HandleRequests();
            HandleStoreAnswers();
            Command<StageRestarted>(
                // A late failure of an attempt that was given up says nothing about the one under way.
                restarted => restarted.Attempt is null || restarted.Attempt == Attempt,
                restarted => Retry(restarted.Stage, restarted.Reason, restarted.IsLasting));
            Command<StageStopped>(stopped => Retry(stopped.Stage, "it stopped for good", isFinal: true));
            Command<WatchdogTick>(_ => LookAtStages());
            Command<StagesSeen>(Judge);
            // What comes from an attempt that was given up is worth nothing.
            CommandAny(_ => { });
        });
    }

    private void Retry(string stage, string reason, bool isFinal = false)
    {
        // While it waits to begin again, further failures are of the same attempt.
        if (_phase == nameof(Ended) || (_phase is nameof(BackingOff) or nameof(Paused) && !isFinal)) return;

        if (_phase == nameof(Checkpointing) && _checkpointAskers.Count > 0 && !isFinal)
        {
            // It was asked for, and is no part of a step: whoever asked hears why, and the run goes on, or goes on waiting.
            _log.Warning("The checkpoint that was asked for could not be written: {0}.", reason);
            AnswerCheckpointAskers(new RunReply(false, $"The checkpoint could not be written: {reason}"));
            _anew = true;
            LetGo();
            GoOn();
            return;
        }
        _restarts++;
        if (isFinal || _restarts > _plan.Settings.RestartBudget)
        {
            var what = isFinal
                ? $"Step {Attempt.Step} cannot be made, by {stage}: "
                : $"Step {Attempt.Step} failed {_restarts} times, the last time in {stage}: ";
            End(RunEnd.Failed,
                $"{what}{reason.TrimEnd('.')}. All up to step {_state.Step} is kept;"
                + " mend the cause (the log has the details) and start the same command again.");
            return;
        }
        _log.Warning("{0} failed in {1}: {2}. Beginning again from step {3}.", stage, Attempt, reason, _state.Step);
        Report(new WorkRetried(Attempt.Step, _attempt, stage, reason));
        LetGo();
        if (_stopping || _pausing)
        {
            GoOn();
            return;
        }
        Enter(BackingOff);
        Timers.StartSingleTimer(
            RetryDue.Instance, RetryDue.Instance, _plan.Settings.RestartBackoff * Math.Pow(2, _restarts - 1));
    }

    private void Refuse(string reason)
    {
        _plan.Folder.Metrics.AbandonReplay();
        End(RunEnd.Refused, reason);
    }

    private void End(RunEnd end, string message)
    {
        Enter(Ended);
        Timers.CancelAll();
        AnswerCheckpointAskers(new RunReply(false, "The run has ended."));
        foreach (var child in _pipeline?.All ?? [])
        {
            Context.Unwatch(child);
            Context.Stop(child);
        }
        Report(new RunEnded(new RunOutcome(end, _state.Step, message) { WavesInLedger = _state.JudgedWaves, IsPaused = _state.IsPaused }));
    }

    protected override void OnPersistFailure(Exception cause, object @event, long sequenceNr)
    {
        EndForJournal($"The journal could not be written: {cause.Message}");
        base.OnPersistFailure(cause, @event, sequenceNr);
    }

    protected override void OnPersistRejected(Exception cause, object @event, long sequenceNr)
    {
        EndForJournal($"The journal refused {@event.GetType().Name}: {cause.Message}");
        base.OnPersistRejected(cause, @event, sequenceNr);
        // After a failure the base class stops the actor, after a refusal it does not.
        Context.Stop(Self);
    }

    protected override void OnRecoveryFailure(Exception reason, object? message = null)
    {
        EndForJournal($"The journal could not be read: {reason.Message}");
        base.OnRecoveryFailure(reason, message);
    }

    protected override void PostStop()
    {
        AnswerCheckpointAskers(new RunReply(false, "The run's coordinator failed before a checkpoint was written. Ask again later."));
        base.PostStop();
    }

    // The actor stops after this; its parent decides whether another one takes its place.
    private void EndForJournal(string what)
    {
        Enter(Ended);
        Timers.CancelAll();
        // The next coordinator reads the journal from its beginning.
        _plan.Folder.Metrics.AbandonReplay();
        Context.Parent.Tell(new JournalFault(what));
    }

    private void AnswerStatus(IActorRef asker)
    {
        var status = new RunStatus(
            _plan.Run, _phase, _state.Step, _state.Started is null ? _plan.Settings.Steps : _state.Steps, _state.Policy, _attempt,
            _stopping, [], _overdue, _state.Metrics)
        {
            Pausing = _pausing, Checkpoint = _state.CheckpointStep, Heads = _state.Heads, Groups = _state.Groups,
        };
        var (stages, folder) = (AskStagesAsync(), _plan.Folder);
        // Counting files is no work for an actor.
        Task.Run(async () => status with { Stages = await stages.ConfigureAwait(false), Disk = folder.Disk() }).PipeTo(asker, Self);
    }

    private void LookAtStages() =>
        AskStagesAsync().PipeTo(Self, success: stages => new StagesSeen(stages), failure: _ => new StagesSeen([]));

    private void Judge(StagesSeen seen)
    {
        // A run that is paused waits for nobody but its user.
        if (_phase is nameof(Ended) or nameof(Paused)) return;
        var (deadline, now) = (_plan.Settings.StallAfter, DateTimeOffset.UtcNow);
        var overdue = Watchdog.Overdue(seen.Stages, _phase, Attempt, _progressAt, now, deadline, MissingRecords(), NextWave());
        foreach (var wait in overdue.Except(_overdue)) _log.Warning("Past the deadline of {0}: {1}.", deadline, wait);
        _overdue = overdue;
        if (now - _progressAt > _plan.Settings.GiveUpAfter && _phase != nameof(BackingOff))
            Retry("the watchdog", $"no progress within {_plan.Settings.GiveUpAfter}: {string.Join("; ", overdue)}");
    }

    /// <summary>Waves of a step that is trained, which the ledger has not been told of.</summary>
    private IReadOnlyList<WaveId> MissingRecords() => _trained is null
        ? []
        : [.. Enumerable.Range(0, _plan.WavesPerStep).Select(index => new WaveId(Attempt.Step, index))
            .Where(id => !_state.OpenWaves.Any(wave => wave.Wave == id && wave.Judgement is not null))];

    private WaveId? NextWave() =>
        _phase == nameof(Stepping) && _wavesTrained < _plan.WavesPerStep ? new WaveId(Attempt.Step, _wavesTrained) : null;

    private Task<StageStatus[]> AskStagesAsync() =>
        _pipeline is null || _phase == nameof(Ended) ? Task.FromResult<StageStatus[]>([]) : Task.WhenAll(_pipeline.All.Select(AskStageAsync));

    private static async Task<StageStatus> AskStageAsync(IActorRef stage)
    {
        try
        {
            return await stage.Ask<StageStatus>(GetStageStatus.Instance, LongestAnswer).ConfigureAwait(false);
        }
        catch (AskTimeoutException)
        {
            return new StageStatus($"{stage.Path.Name} (does not answer)", null, 0, [], 0);
        }
    }

    // Often enough that a report is not much later than the deadline, seldom enough to cost nothing.
    private TimeSpan WatchdogInterval() =>
        TimeSpan.FromMilliseconds(Math.Clamp(_plan.Settings.StallAfter.TotalMilliseconds / 4, 10, 60_000));

    private static void Report(IRunProgress news) => Context.Parent.Tell(news);

    private sealed record WatchdogTick : IDeadLetterSuppression, INoSerializationVerificationNeeded
    {
        public static readonly WatchdogTick Instance = new();
    }

    private sealed record StagesSeen(IReadOnlyList<StageStatus> Stages) : INoSerializationVerificationNeeded;
}
