using Akka.Actor;
using Akka.Event;
using static AttnPo.Actors.Protocol.RunProtocol;
using static AttnPo.Actors.Protocol.StageProtocol;

namespace AttnPo.Actors.Pipeline;

/// <summary>
/// What all stages share: they answer what they hold, and tell their parent when a failure has cost them that. A stage keeps nothing
/// that a restart must bring back; the parent begins the step again.
/// </summary>
internal abstract class Stage : ReceiveActor
{
    private CancellationTokenSource _cancellation = new();

    /// <summary>Its name in reports: that of its type.</summary>
    protected string Name => GetType().Name;

    protected ILoggingAdapter Log { get; } = Context.GetLogger();

    /// <summary>Ends with the try at the step, and with the stage.</summary>
    protected CancellationToken Cancellation => _cancellation.Token;

    protected Stage()
    {
        Receive<GetStageStatus>(_ => Sender.Tell(Status()));
        Receive<GiveUp>(given => given.Attempt == Status().Attempt, _ =>
        {
            RenewCancellation();
            LetGo();
        });
        Receive<GiveUp>(_ => { });
    }

    protected abstract StageStatus Status();

    /// <summary>The try at the step is given up: what comes of it from now on is late.</summary>
    protected abstract void LetGo();

    /// <summary>Cancels the work of the try before.</summary>
    protected void RenewCancellation()
    {
        _cancellation.Cancel();
        _cancellation = new CancellationTokenSource();
    }

    /// <summary>Work away from the actor failed: fails in the actor, so that its parent decides.</summary>
    protected void Fail(string at, Exception cause) => throw new StageFailure($"{Name} failed at {at}.", cause);

    protected override void PreRestart(Exception reason, object message)
    {
        // Told by the instance that failed: it knows for which attempt it worked.
        var cause = CauseOf(reason);
        var isLasting = cause is InvalidDataException or LogProbGapException;
        // What lasts is said to whoever can mend it, in words alone.
        var told = isLasting ? cause.Message : $"{cause.GetType().Name}: {cause.Message}";
        Context.Parent.Tell(new StageRestarted(Name, Status().Attempt, told, isLasting));
        base.PreRestart(reason, message);
    }

    protected override void PostStop()
    {
        // A restart passes here too: the instance that failed cancels what it began.
        _cancellation.Cancel();
        base.PostStop();
    }

    private static Exception CauseOf(Exception reason) => reason is StageFailure { InnerException: { } inner } ? inner : reason;
}

/// <summary>Carries the failure of work away from an actor into it.</summary>
internal sealed class StageFailure(string message, Exception cause) : Exception(message, cause);
