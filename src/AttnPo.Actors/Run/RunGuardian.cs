using Akka.Actor;
using AttnPo.Actors.Protocol;
using static AttnPo.Actors.Protocol.RunProtocol;

namespace AttnPo.Actors.Run;

/// <summary>
/// Parent of a run's coordinator. Passes on its news, makes sure that the run's end is told however the coordinator goes, and answers
/// for it when it is gone.
/// </summary>
internal sealed class RunGuardian : ReceiveActor
{
    private static readonly RunReply Late = new(false, "The run has ended.");

    private readonly NewsFeed _feed;
    private readonly Props _coordinator;
    private string _fault = "its coordinator stopped";
    private RunStatus _known;

    public RunGuardian(RunPlan plan, Props coordinator, NewsFeed feed)
    {
        (_coordinator, _feed) = (coordinator, feed);
        _known = new RunStatus(
            plan.Run, "Ended", StepNumber.Start, plan.Settings.Steps, new PolicyVersion(0), 0, false, [], [], new Dictionary<string, double>());
        Receive<IRunProgress>(Pass);
        Receive<Terminated>(_ => Bury());
        Receive<Start>(start => Context.Child("coordinator").Forward(start));
        Receive<Stop>(stop => Context.Child("coordinator").Forward(stop));
        Receive<Pause>(pause => Context.Child("coordinator").Forward(pause));
        Receive<Resume>(resume => Context.Child("coordinator").Forward(resume));
        Receive<WriteCheckpoint>(write => Context.Child("coordinator").Forward(write));
        Receive<GetStatus>(get => Context.Child("coordinator").Forward(get));
    }

    public static Props Props(RunPlan plan, Props coordinator, NewsFeed feed) =>
        Akka.Actor.Props.Create(() => new RunGuardian(plan, coordinator, feed));

    protected override void PreStart() => Context.Watch(Context.ActorOf(_coordinator, "coordinator"));

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

    private void Pass(IRunProgress news)
    {
        _known = news switch
        {
            // Each step makes one version.
            RunOpened opened => _known with { Step = opened.Committed, Policy = new PolicyVersion(opened.Committed.Value), Steps = opened.Steps },
            StepFinished step => _known with { Step = step.Step, Policy = step.Policy, Metrics = step.Metrics },
            _ => _known,
        };
        _feed.Post(news);
    }

    private void Bury()
    {
        _feed.End(new RunOutcome(
            RunEnd.Failed, _known.Step, $"The run failed: {_fault}. All that was committed is kept; start the same command again."));
        Become(() =>
        {
            Receive<GetStatus>(_ => Sender.Tell(_known));
            Receive<Pause>(_ => Sender.Tell(Late));
            Receive<Resume>(_ => Sender.Tell(Late));
            Receive<WriteCheckpoint>(_ => Sender.Tell(Late));
            ReceiveAny(_ => { });
        });
    }
}
