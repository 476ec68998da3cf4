namespace AttnPo.Actors.Faults;

/// <summary>What a fault throws that was told to. Nothing catches it by its type: it must fare like any other exception.</summary>
public sealed class InjectedFaultException(FaultPoint point) : Exception($"A fault was injected at {FaultNames.Of(point)}.")
{
    /// <summary>Where.</summary>
    public FaultPoint Point => point;
}
