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
}
