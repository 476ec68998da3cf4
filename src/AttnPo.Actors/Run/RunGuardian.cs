using Akka.Actor;
using Akka.Event;
using AttnPo.Actors.Protocol;
using static AttnPo.Actors.Protocol.RunProtocol;

namespace AttnPo.Actors.Run;

/// <summary>
/// Parent of a run's coordinator. Passes on its news, so that a slow observer keeps nobody waiting, and makes sure that the run's end
/// is told however the coordinator goes.
/// </summary>
internal sealed class RunGuardian : ReceiveActor
{
    private readonly Action<IRunProgress> _observe;
    private readonly TaskCompletionSource<RunOutcome> _outcome;
    private readonly ILoggingAdapter _log = Context.GetLogger();
    private readonly Props _coordinator;
    private string _fault = "its coordinator stopped";

    public RunGuardian(Props coordinator, Action<IRunProgress> observe, TaskCompletionSource<RunOutcome> outcome)
    {
        (_coordinator, _observe, _outcome) = (coordinator, observe, outcome);
        Receive<IRunProgress>(Pass);
        Receive<Terminated>(_ => Finish(new RunOutcome(
            RunEnd.Failed, StepNumber.Start, $"The run failed: {_fault}. All that was committed is kept; start the same command again.")));
        Receive<Start>(start => Coordinator().Forward(start));
        Receive<Stop>(stop => Coordinator().Forward(stop));
        Receive<GetStatus>(get => Coordinator().Forward(get));
    }

    public static Props Props(Props coordinator, Action<IRunProgress> observe, TaskCompletionSource<RunOutcome> outcome) =>
        Akka.Actor.Props.Create(() => new RunGuardian(coordinator, observe, outcome));

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

    private static IActorRef Coordinator() => Context.Child("coordinator");

    private void Pass(IRunProgress news)
    {
        try
        {
            _observe(news);
        }
        catch (Exception fault)
        {
            _log.Error(fault, "An observer of the run failed at {0}; the run goes on.", news.GetType().Name);
        }
        if (news is RunEnded ended) Finish(ended.Outcome);
    }

    private void Finish(RunOutcome outcome) => _outcome.TrySetResult(outcome);
}
