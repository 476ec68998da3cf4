namespace AttnPo.Core.Verification;

/// <summary>What a comparison of two answers found.</summary>
/// <param name="Outcome">Equal or not.</param>
/// <param name="Reason">What decided it, in a few words, for people; never empty.</param>
public readonly record struct Grade(GradeOutcome Outcome, string Reason)
{
    /// <summary>The answers are the same.</summary>
    public static Grade Equal(string reason) => new(GradeOutcome.Equal, reason);

    /// <summary>The answers are not the same.</summary>
    public static Grade Different(string reason) => new(GradeOutcome.Different, reason);

    /// <summary>Equal or different.</summary>
    public static Grade Of(bool equal, string reason) => equal ? Equal(reason) : Different(reason);

    /// <summary>The comparison was given up.</summary>
    public static Grade OverBudget(string reason) => new(GradeOutcome.OverBudget, reason);
}

/// <summary>Whether two answers are the same.</summary>
public enum GradeOutcome
{
    /// <summary>They are.</summary>
    Equal,

    /// <summary>They are not, or nothing says that they are.</summary>
    Different,

    /// <summary>Not decided within the budget.</summary>
    OverBudget,
}
