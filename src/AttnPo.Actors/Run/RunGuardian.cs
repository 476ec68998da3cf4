using Akka.Actor;
using AttnPo.Actors.Protocol;
using static AttnPo.Actors.Protocol.RunProtocol;

namespace AttnPo.Actors.Run;

/// <summary>Coordinator to guardian, before it stops: the journal cannot be read or written.</summary>
/// <param name="What">What went wrong.</param>
internal sealed record JournalFault(string What);

/// <summary>
/// Parent of a run's coordinator. Passes on its news, makes sure that the run's end is told however the coordinator goes, and answers
/// for it when it is gone. A fault of the journal costs the coordinator, and with it what is not journaled; another one takes its place
/// after a while that doubles each time, and reads the journal again.
/// </summary>
internal sealed class RunGuardian : ReceiveActor, IWithTimers
{
    private readonly RunPlan _plan;
    private readonly NewsFeed _feed;
    private readonly Func<bool, Props> _coordinator;
    private string _fault = "its coordinator stopped";
    private JournalFault? _journalFault;
    private int _journalFaults;
    private bool _stopping, _pausing;
    private RunStatus _known;

    /// <param name="plan">The set-up.</param>
    /// <param name="coordinator">Makes a coordinator; true: another one has used the engines before.</param>
    /// <param name="feed">Takes the news.</param>
    public RunGuardian(RunPlan plan, Func<bool, Props> coordinator, NewsFeed feed)
    {
        (_plan, _coordinator, _feed) = (plan, coordinator, feed);
        _known = new RunStatus(
            plan.Run, "Ended", StepNumber.Start, plan.Settings.Steps, new PolicyVersion(0), 0, false, [], [], new Dictionary<string, double>());
        Receive<IRunProgress>(Pass);
        Receive<JournalFault>(fault => _journalFault = fault);
        Receive<Terminated>(_ => Replace());
        Receive<BeginAgain>(_ =>
        {
            Create(anew: true);
            var coordinator = Context.Child(nameof(RunCoordinator));
            coordinator.Tell(Start.Instance);
            // What was asked of the one before and has not come about.
            if (_pausing) coordinator.Tell(Pause.Instance);
            if (_stopping) coordinator.Tell(Stop.Instance);
        });
        Receive<RunReply>(_ => { });
        Receive<Start>(Forward);
        Receive<Stop>(Forward);
        Receive<Pause>(Forward);
        Receive<Resume>(Forward);
        Receive<WriteCheckpoint>(Forward);
        Receive<GetStatus>(Forward);
    }

    public static Props Props(RunPlan plan, Func<bool, Props> coordinator, NewsFeed feed) =>
        Akka.Actor.Props.Create(() => new RunGuardian(plan, coordinator, feed));

    public ITimerScheduler Timers { get; set; } = null!;

    protected override void PreStart() => Create(anew: false);

    /// <summary>
    /// A coordinator that throws is stopped, not restarted: nothing it knows is lost, for the journal has it, but a fault in the
    /// rules themselves would come again. Whoever keeps the process starts it again.
    /// </summary>
    protected override SupervisorStrategy SupervisorStrategy() => new OneForOneStrategy(fault =>
    {
        var cause = (fault as ActorInitializationException)?.InnerException ?? fault;
        _fault = $"{cause.GetType().Name}: {cause.Message}";
        return Directive.Stop;
    });

    private void Create(bool anew) => Context.Watch(Context.ActorOf(_coordinator(anew), nameof(RunCoordinator)));

    private void Forward(object request)
    {
        _stopping |= request is Stop;
        _pausing = (_pausing || request is Pause) && request is not Resume;
        var coordinator = Context.Child(nameof(RunCoordinator));
        if (!coordinator.IsNobody() && _journalFault is null)
        {
            coordinator.Forward(request);
            return;
        }
        // Between two coordinators.
        switch (request)
        {
            case GetStatus:
                Sender.Tell(_known with { State = "BackingOff" });
                break;
            case Stop:
                if (!coordinator.IsNobody()) break;
                Timers.CancelAll();
                Bury(new RunOutcome(
                    RunEnd.Stopped, _known.Step,
                    $"Stopped after step {_known.Step} while the journal was away; start the same command again to go on."));
                break;
            case Pause or Resume:
                Sender.Tell(new RunReply(true, "The journal is away and is tried again; then this is done."));
                break;
            default:
                Sender.Tell(new RunReply(false, $"The journal is away ({_journalFault?.What}); it is tried again. Ask again later."));
                break;
        }
    }

    private void Pass(IRunProgress news)
    {
        _known = news switch
        {
            // Each step makes one version.
            RunOpened opened => _known with { Step = opened.Committed, Policy = new PolicyVersion(opened.Committed.Value), Steps = opened.Steps },
            StepFinished step => _known with { Step = step.Step, Policy = step.Policy, Metrics = step.Metrics },
            _ => _known,
        };
        if (news is StepFinished) _journalFaults = 0;
        if (news is PauseBegun) _pausing = false;
        _feed.Post(news);
    }

    private void Replace()
    {
        var (settings, step) = (_plan.Settings, _known.Step);
        if (_journalFault is not { } fault)
        {
            Bury(new RunOutcome(
                RunEnd.Failed, _known.Step, $"The run failed: {_fault}. All that was committed is kept; start the same command again."));
        }
        else if (++_journalFaults > settings.RestartBudget)
        {
            Bury(new RunOutcome(
                RunEnd.Failed, step,
                $"{fault.What.TrimEnd('.')}. All up to step {step} is kept;"
                + " see that the journal can be reached and has room, and start the same command again."));
        }
        else
        {
            _feed.Post(new WorkRetried(step.Next, _journalFaults, "the journal", fault.What));
            _journalFault = null;
            Timers.StartSingleTimer(BeginAgain.Instance, BeginAgain.Instance, settings.RestartBackoff * Math.Pow(2, _journalFaults - 1));
        }
    }

    private void Bury(RunOutcome outcome)
    {
        _feed.End(outcome);
        Become(() =>
        {
            Receive<GetStatus>(_ => Sender.Tell(_known));
            Receive<Pause>(_ => Sender.Tell(new RunReply(false, "The run has ended.")));
            Receive<Resume>(_ => Sender.Tell(new RunReply(false, "The run has ended.")));
            Receive<WriteCheckpoint>(_ => Sender.Tell(new RunReply(false, "The run has ended.")));
            ReceiveAny(_ => { });
        });
    }

    private sealed record BeginAgain : INoSerializationVerificationNeeded
    {
        public static readonly BeginAgain Instance = new();
    }
}
