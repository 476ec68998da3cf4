using AttnPo.Core.Verification;

namespace AttnPo.Actors.Pipeline;

/// <summary>What came of a verification: a response, a failure, or neither where the budget ran out.</summary>
/// <param name="Response">The response as read; null where there is none.</param>
/// <param name="Failure">What the verification threw; null where it threw nothing.</param>
internal readonly record struct VerificationOutcome(ReadResponse? Response, Exception? Failure)
{
    /// <summary>The verification did not come back within its budget.</summary>
    public static VerificationOutcome OverBudget => default;

    /// <summary>The response's own, or the one that says why there is none.</summary>
    public Verdict Verdict => Response?.Verdict ?? (Failure is null ? Verdict.OverBudget : Verdict.Failed);
}

/// <summary>Every thread that verification may have is held by one that does not end.</summary>
internal sealed class VerificationStuckException(string message) : Exception(message);
