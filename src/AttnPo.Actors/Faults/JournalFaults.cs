using Akka.Actor;

namespace AttnPo.Actors.Faults;

/// <summary>Carries a run's plan of faults to the journal of its actor system, and to nobody else.</summary>
internal sealed class JournalFaults : IExtension
{
    private readonly FaultPlan _faults;

    private JournalFaults(FaultPlan faults) => _faults = faults;

    /// <summary>Gives a system its plan; before its first persistent actor is made.</summary>
    public static void Register(ActorSystem system, FaultPlan faults) => system.RegisterExtension(new Provider(faults));

    /// <summary>The plan that a system was given.</summary>
    public static FaultPlan Of(ActorSystem system) => system.GetExtension<JournalFaults>()._faults;

    private sealed class Provider(FaultPlan faults) : ExtensionIdProvider<JournalFaults>
    {
        public override JournalFaults CreateExtension(ExtendedActorSystem system) => new(faults);
    }
}
