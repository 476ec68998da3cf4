using AttnPo.Actors.Run;
using AttnPo.Gpu;

namespace AttnPo.Actors.Protocol;

/// <summary>Between the coordinator and the HeadWatch.</summary>
internal static class HeadProtocol
{
    /// <summary>Score the probe set with the committed policy, which the learner holds.</summary>
    /// <param name="Attempt">The try.</param>
    /// <param name="Policy">The version.</param>
    /// <param name="Heads">The heads in use; null: those of the settings.</param>
    /// <param name="Reference">What to compare with; null: these scores become it.</param>
    /// <param name="MaySelect">Whether heads may be chosen anew: only where a step follows that uses them.</param>
    public sealed record ProbeHeads(
        StepAttempt Attempt, PolicyVersion Policy, IReadOnlyList<HeadId>? Heads, HeadReference? Reference, bool MaySelect);

    /// <summary>So many calls of the scorer are made; more follow, or the end.</summary>
    public sealed record LookGoesOn(StepAttempt Attempt, int Done);

    /// <summary>Done.</summary>
    public sealed record HeadsMeasured(StepAttempt Attempt, PolicyVersion Policy, HeadMeasurement Measurement);
}
