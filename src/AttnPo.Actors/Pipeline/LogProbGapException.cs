namespace AttnPo.Actors.Pipeline;

/// <summary>Generator and trainer differ more than the bound allows. Trying again changes nothing.</summary>
internal sealed class LogProbGapException(double gap, double bound) : Exception(FormattableString.Invariant(
    $"generator and trainer differ by {gap:G3} in the log-probability of a token, more than optimizer.logprob-gap-bound allows ({bound:G3}): ")
    + "where number formats explain it (rollout.dtype, optimizer.compute) raise the bound, else the two hold different weights and it is a fault to report")
{
    /// <summary>Null where the step is within the bound. A gap that is no number is beyond it.</summary>
    public static LogProbGapException? Of(StepTally tally, OptimizerStageSettings settings) =>
        tally.LogProbGap <= settings.LogProbGapBound ? null : new(tally.LogProbGap, settings.LogProbGapBound);
}
