using Akka.Actor;
using Akka.Event;
using Akka.Persistence;
using AttnPo.Actors.Protocol;
using AttnPo.Core.Data;
using static AttnPo.Actors.Protocol.EvaluationProtocol;
using static AttnPo.Actors.Protocol.RunProtocol;
using static AttnPo.Actors.Protocol.StepProtocol;
using static AttnPo.Actors.Protocol.WaveProtocol;

namespace AttnPo.Actors.Run;

/// <summary>
/// Owns a run: what it has come to (journaled), what is next, and how often that may fail. Begins a step, journals what its waves
/// come to, waits for its update, and makes it visible with one atomic write to the journal; all that follows a commit happens in its
/// callback. A step that fails anywhere is begun again from the last commit: what its waves came to is taken from the ledger, and no
/// stage has anything else that must be saved.
/// </summary>
internal sealed partial class RunCoordinator : ReceivePersistentActor, IWithTimers
{
    private readonly RunPlan _plan;
    private readonly CreatePipeline _createPipeline;
    private readonly ILoggingAdapter _log = Context.GetLogger();
    private RunState _state = RunState.Empty;
    private PipelineActors? _pipeline;
    private string _phase = "";
    private int _attempt;
    private int _restarts;
    private bool _anew;
    private bool _stopping;
    private DateTimeOffset _progressAt = DateTimeOffset.UtcNow;
    private IReadOnlyList<string> _overdue = [];

    /// <param name="plan">The set-up.</param>
    /// <param name="createPipeline">Makes the stages.</param>
    /// <param name="anew">Another coordinator has used the engines before: their state is not to be trusted.</param>
    public RunCoordinator(RunPlan plan, CreatePipeline createPipeline, bool anew)
    {
        (_plan, _createPipeline, _anew) = (plan, createPipeline, anew);
        PersistenceId = PersistenceIdOf(plan.Run);
        Recover<SnapshotOffer>(offer => Restore((RunSnapshot)offer.Snapshot));
        Recover<RunEvent>(Replay);
        Enter(Waiting);
    }

    public static Props Props(RunPlan plan, CreatePipeline createPipeline, bool anew) =>
        Akka.Actor.Props.Create(() => new RunCoordinator(plan, createPipeline, anew));

    /// <summary>The name of a run's journal.</summary>
    public static string PersistenceIdOf(RunId run) => $"run-{run}";

    public override string PersistenceId { get; }

    public ITimerScheduler Timers { get; set; } = null!;

    private NextWork Next => _state.Next(_plan.EvaluateEvery, _plan.ProbeEvery);

    private StepAttempt Attempt => new(_state.Step.Next, _attempt);

    /// <summary>
    /// Any failure of a stage restarts it. That costs the waves it held and its account of demand, which are worth nothing without
    /// the other stages' part of the step; the stage reports it, and the step is begun again. How often is counted here, by step,
    /// not by the strategy, so that the run can end with a reason. A stage that cannot even be made is stopped: it would fail again at once.
    /// </summary>
    protected override SupervisorStrategy SupervisorStrategy() =>
        new OneForOneStrategy(fault => fault is ActorInitializationException ? Directive.Stop : Directive.Restart);

    private void Waiting() => Command<Start>(_ => Open());

    private void Preparing()
    {
        Command<PolicyReady>(ready => ready.Attempt == Attempt, _ => BeginWork());
        Command<StepRetrained>(done => done.Attempt == Attempt, done =>
        {
            _progressAt = DateTimeOffset.UtcNow;
            Report(new StepReplayed(done.Step, _state.Step, done.Difference));
        });
    }

    private void Evaluating()
    {
        Command<EvaluationGoesOn>(wave => wave.Attempt == Attempt, _ => _progressAt = DateTimeOffset.UtcNow);
        Command<EvaluationMeasured>(done => done.Attempt == Attempt, Record);
    }

    private void Stepping()
    {
        Command<WaveRecorded>(wave => wave.Attempt == Attempt, RecordProgress);
        Command<WavesTrained>(trained => trained.Attempt == Attempt, trained =>
        {
            _progressAt = DateTimeOffset.UtcNow;
            _wavesTrained = trained.Done;
            Report(new WaveFinished(Attempt.Step, trained.Done, trained.Waves));
            ParkIfDrained();
        });
        Command<Drained>(drained => drained.Attempt == Attempt, drained =>
        {
            _wavesSent = drained.Sent;
            ParkIfDrained();
        });
        Command<StepTrained>(trained => trained.Attempt == Attempt, trained =>
        {
            _trained = trained;
            CommitWhenRecorded();
        });
    }

    private void BackingOff() => Command<RetryDue>(_ => Prepare());

    private void Ended()
    {
    }

    private void Open()
    {
        if (_state.Started is null && _plan.Folder.HasAny)
        {
            Refuse("The directory holds what a run has made, but the journal knows no run: put the journal back, or choose another directory.");
            return;
        }
        var settings = _plan.Settings;
        var continued = _state.Started is not null;
        Decide(
            new OpenRun(_plan.Run, settings.SettingsHash, settings.CodeVersion, settings.Seed, settings.Steps, _plan.TracksDifficulty),
            onRefusal: Refuse,
            onDone: () =>
            {
                Report(new RunOpened(_plan.Run, _state.Step, _state.Steps, continued));
                CompareProbeSets();
                RestoreFolder();
            });
    }

    /// <summary>Nothing is under way: looks what is next.</summary>
    private void GoOn()
    {
        // A run that was given no more steps than it had made may lack the checkpoint that its last step has.
        if (Next == NextWork.Finish && _state.CheckpointStep == _state.Step)
            Decide(new FinishRun(), reason => End(RunEnd.Failed, reason), () => End(RunEnd.Finished, ""));
        else if (_pausing && !_state.IsPaused)
            Decide(new PauseRun(), reason => End(RunEnd.Failed, reason), GoOn);
        else if (_stopping)
            End(RunEnd.Stopped, $"Stopped after step {_state.Step}; start the same command again to go on.");
        else if (_state.IsPaused)
            EnterPaused();
        else
            Prepare();
    }

    private void Prepare()
    {
        if (_pipeline is null) CreateChildren();
        _attempt++;
        Enter(Preparing);
        _pipeline!.Optimizer.Tell(new PreparePolicy(Attempt, _state.Policy, _state.Checkpoint, _state.SinceCheckpoint, _anew || _restarts > 0));
        _anew = false;
    }

    private void BeginWork()
    {
        if (_checkpointAskers.Count > 0 || Next == NextWork.Finish)
        {
            Enter(Checkpointing);
            _pipeline!.Optimizer.Tell(new WriteCheckpointNow(Attempt, _state.Step) { Heads = _state.Heads });
            return;
        }
        if (_state.IsPaused)
        {
            // It was prepared for a checkpoint that has come in meanwhile.
            LetGo();
            GoOn();
            return;
        }
        if (Next == NextWork.ProbeHeads)
        {
            ProbeHeads();
            return;
        }
        if (Next == NextWork.Evaluate)
        {
            Enter(Evaluating);
            _pipeline!.Evaluator!.Tell(new Evaluate(Attempt, _state.Policy));
            return;
        }
        Enter(Stepping);
        (_trained, _wavesTrained, _wavesSent) = (null, 0, null);
        Report(new StepBegun(Attempt.Step, _attempt, _plan.WavesPerStep));
        _pipeline!.Optimizer.Tell(new BeginStep(Attempt, _state.Policy, _state.PromptCursor, _plan.WavesPerStep, _state.OpenWaves)
        {
            Difficulty = _state.Difficulty ?? PromptDifficulty.Unknown, Heads = _state.Heads,
        });
    }

    private void Record(EvaluationMeasured measured) => Decide(
        new RecordEvaluation(measured.Policy, measured.Metrics),
        onRefusal: reason => End(RunEnd.Failed, reason),
        onEvent: happened =>
        {
            if (happened is not Evaluated evaluated) return;
            _plan.Folder.Metrics.Put(evaluated.Step, LineOf(evaluated));
            Report(new EvaluationFinished(evaluated.Step, evaluated.Policy, evaluated.Metrics));
        },
        onDone: () =>
        {
            (_attempt, _restarts) = (0, 0);
            GoOn();
        });

    /// <summary>Journals what a command comes to and applies it, event by event.</summary>
    private void Decide(IRunCommand command, Action<string> onRefusal, Action onDone, Action<RunEvent>? onEvent = null)
    {
        var decision = _state.Process(command);
        if (decision.Refusal is { } reason)
        {
            onRefusal(reason);
            return;
        }
        if (decision.Events.Count == 0)
        {
            onDone();
            return;
        }
        var now = DateTimeOffset.UtcNow;
        RunEvent[] events = [.. decision.Events.Select(happened => happened with { At = now })];
        var last = events[^1];
        PersistAll(events, happened =>
        {
            _state = _state.Apply(happened);
            Remember(happened);
            onEvent?.Invoke(happened);
            if (ReferenceEquals(happened, last)) onDone();
        });
    }

    private void CreateChildren()
    {
        _pipeline = _createPipeline(Context);
        foreach (var child in _pipeline.All) Context.WatchWith(child, new StageProtocol.StageStopped(child.Path.Name));
        Timers.StartPeriodicTimer(WatchdogTick.Instance, WatchdogTick.Instance, WatchdogInterval());
    }

    private static Dictionary<string, double> LineOf(Evaluated evaluated) =>
        new(evaluated.Metrics) { ["policy/version"] = evaluated.Policy.Value };

    private sealed record RetryDue : IDeadLetterSuppression, INoSerializationVerificationNeeded
    {
        public static readonly RetryDue Instance = new();
    }
}
