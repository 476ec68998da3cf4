namespace AttnPo.Core.Verification;

/// <summary>What verification found. Only <see cref="Correct"/> earns a reward.</summary>
public enum Verdict
{
    /// <summary>The answer equals the gold answer.</summary>
    Correct,

    /// <summary>There is an answer, and it is another.</summary>
    Wrong,

    /// <summary>Nothing boxed after the reasoning.</summary>
    NoAnswer,

    /// <summary>The reasoning is not closed exactly once.</summary>
    Malformed,

    /// <summary>Cut off at the limit on its length.</summary>
    Truncated,

    /// <summary>Could not be generated or verified: says nothing about the policy, so it is left out of group statistics.</summary>
    Failed,

    /// <summary>Verification took longer than its budget: says nothing about the policy either, and is left out as well.</summary>
    OverBudget,
}

/// <summary>What verdicts have in common.</summary>
public static class Verdicts
{
    /// <summary>
    /// Whether a verdict says nothing about the policy: what earned it is counted as that, and left out of every other figure.
    /// </summary>
    public static bool IsFailure(this Verdict verdict) => verdict is Verdict.Failed or Verdict.OverBudget;
}
