using Akka.Actor;
using Akka.Event;
using Akka.Persistence;
using AttnPo.Actors.Protocol;
using static AttnPo.Actors.Protocol.EvaluationProtocol;
using static AttnPo.Actors.Protocol.RunProtocol;
using static AttnPo.Actors.Protocol.StageProtocol;
using static AttnPo.Actors.Protocol.StepProtocol;

namespace AttnPo.Actors.Run;

/// <summary>
/// Owns a run: what it has come to (journaled), what is next, and how often that may fail. Begins a step, waits for its update and
/// checkpoint, and makes it visible with one atomic write to the journal; all that follows a commit happens in its callback.
/// A step that fails anywhere is begun again as a whole from the last commit: no stage has anything that must be saved.
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
    private bool _stopping;
    private DateTimeOffset _progressAt = DateTimeOffset.UtcNow;
    private IReadOnlyList<string> _overdue = [];

    public RunCoordinator(RunPlan plan, CreatePipeline createPipeline)
    {
        (_plan, _createPipeline) = (plan, createPipeline);
        PersistenceId = $"run-{plan.Run}";
        Recover<IRunEvent>(Replay);
        Enter(Waiting);
    }

    public static Props Props(RunPlan plan, CreatePipeline createPipeline) =>
        Akka.Actor.Props.Create(() => new RunCoordinator(plan, createPipeline));

    public override string PersistenceId { get; }

    public ITimerScheduler Timers { get; set; } = null!;

    private StepAttempt Attempt => new(_state.Step.Next, _attempt);

    /// <summary>
    /// Any failure of a stage restarts it. That costs the waves it held and its account of demand, which are worth nothing without
    /// the other stages' part of the step; the stage reports it, and the step is begun again. How often is counted here, by step,
    /// not by the strategy, so that the run can end with a reason. A stage that cannot even be made is stopped: it would fail again at once.
    /// </summary>
    protected override SupervisorStrategy SupervisorStrategy() =>
        new OneForOneStrategy(fault => fault is ActorInitializationException ? Directive.Stop : Directive.Restart);

    private void Waiting() => Command<Start>(_ => Open());

    private void Opening()
    {
        Command<FolderRestored>(_ => GoOn());
        Command<FolderFault>(fault => End(RunEnd.Failed, fault.Cause.Message));
    }

    private void Preparing() => Command<PolicyReady>(ready => ready.Attempt == Attempt, _ => BeginWork());

    private void Evaluating() => Command<EvaluationMeasured>(done => done.Attempt == Attempt, Record);

    private void Stepping()
    {
        Command<WavesTrained>(trained => trained.Attempt == Attempt, trained =>
        {
            _progressAt = DateTimeOffset.UtcNow;
            Report(new WaveFinished(Attempt.Step, trained.Done, trained.Waves));
        });
        Command<StepTrained>(trained => trained.Attempt == Attempt, Commit);
    }

    private void BackingOff() => Command<RetryDue>(_ => Prepare());

    private void Ended()
    {
    }

    private void Replay(IRunEvent happened)
    {
        _state = _state.Apply(happened);
        if (happened is StepCommitted committed) _plan.Folder.Metrics.Replay(committed.Step, committed.Metrics);
        if (happened is Evaluated evaluated) _plan.Folder.Metrics.Replay(evaluated.Step, LineOf(evaluated));
    }

    private void Open()
    {
        if (_state.Started is null && _plan.Folder.Checkpoints.HasAny)
        {
            Refuse("The directory holds checkpoints, but the journal knows no run: put the journal back, or choose another directory.");
            return;
        }
        var settings = _plan.Settings;
        var continued = _state.Started is not null;
        Decide(
            new OpenRun(_plan.Run, settings.SettingsHash, settings.CodeVersion, settings.Seed, settings.Steps),
            onRefusal: Refuse,
            onDone: () =>
            {
                Report(new RunOpened(_plan.Run, _state.Step, _state.Steps, continued));
                RestoreFolder();
            });
    }

    private void RestoreFolder()
    {
        Enter(Opening);
        var (folder, state) = (_plan.Folder, _state);
        Task.Run(() =>
        {
            folder.Restore(state.Step, state.Checkpoint);
            folder.Metrics.EndReplay();
            return new FolderRestored();
        }).PipeTo(Self, success: restored => restored, failure: cause => new FolderFault(cause));
    }

    /// <summary>A commit lies behind, or the run's opening: looks what is next.</summary>
    private void GoOn()
    {
        (_attempt, _restarts) = (0, 0);
        if (_state.Next(_plan.EvaluateEvery) == NextWork.Finish)
            Decide(new FinishRun(), reason => End(RunEnd.Failed, reason), () => End(RunEnd.Finished, ""));
        else if (_stopping)
            End(RunEnd.Stopped, $"Stopped after step {_state.Step}; start the same command again to go on.");
        else
            Prepare();
    }

    private void Prepare()
    {
        if (_pipeline is null) CreateChildren();
        _attempt++;
        var checkpoint = _state.Checkpoint is { } committed ? _plan.Folder.Checkpoints.PathOf(committed) : null;
        Enter(Preparing);
        _pipeline!.Optimizer.Tell(new PreparePolicy(Attempt, _state.Policy, checkpoint, Anew: _restarts > 0));
    }

    private void BeginWork()
    {
        if (_state.Next(_plan.EvaluateEvery) == NextWork.Evaluate)
        {
            Enter(Evaluating);
            _pipeline!.Evaluator!.Tell(new Evaluate(Attempt, _state.Policy));
            return;
        }
        Enter(Stepping);
        Report(new StepBegun(Attempt.Step, _attempt, _plan.WavesPerStep));
        _pipeline!.Optimizer.Tell(new BeginStep(Attempt, _state.Policy, _state.PromptCursor, _plan.WavesPerStep));
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
        onDone: GoOn);

    private void Commit(StepTrained trained) => Decide(
        new CommitStep(Attempt.Step, trained.Policy, _plan.PromptsPerStep, trained.Checkpoint, trained.Metrics, trained.Groups),
        onRefusal: reason => End(RunEnd.Failed, reason),
        onEvent: happened =>
        {
            if (happened is not StepCommitted committed) return;
            _plan.Folder.Metrics.Put(committed.Step, committed.Metrics);
            _pipeline!.Optimizer.Tell(new PruneCheckpoints(committed.Step));
            Report(new StepFinished(committed.Step, committed.Policy, committed.Metrics));
        },
        onDone: GoOn);

    private void Decide(IRunCommand command, Action<string> onRefusal, Action onDone, Action<IRunEvent>? onEvent = null)
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
        var last = decision.Events[^1];
        PersistAll(decision.Events, happened =>
        {
            _state = _state.Apply(happened);
            onEvent?.Invoke(happened);
            if (ReferenceEquals(happened, last)) onDone();
        });
    }

    private void CreateChildren()
    {
        _pipeline = _createPipeline(Context);
        foreach (var child in _pipeline.All) Context.WatchWith(child, new StageStopped(child.Path.Name));
        Timers.StartPeriodicTimer(WatchdogTick.Instance, WatchdogTick.Instance, WatchdogInterval());
    }

    private static Dictionary<string, double> LineOf(Evaluated evaluated) =>
        new(evaluated.Metrics) { ["policy/version"] = evaluated.Policy.Value };

    private sealed record FolderRestored : INoSerializationVerificationNeeded;

    private sealed record FolderFault(Exception Cause) : INoSerializationVerificationNeeded;

    private sealed record RetryDue : IDeadLetterSuppression, INoSerializationVerificationNeeded
    {
        public static readonly RetryDue Instance = new();
    }
}
