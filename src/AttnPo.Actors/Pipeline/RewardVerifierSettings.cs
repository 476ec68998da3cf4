namespace AttnPo.Actors.Pipeline;

/// <summary>How responses are verified. What counts as right belongs to the reader, what it earns to the credit settings.</summary>
public sealed record RewardVerifierSettings
{
    /// <summary>Waves asked for or held at most. Default 2: one in work, one that waits.</summary>
    public int Window { get; init; } = 2;

    /// <summary>
    /// Time that one response's verification may take. Default 5 s: an exact comparison takes microseconds, so nothing but a verification
    /// that blows up comes near it, on a slow machine either. What exceeds it is <see cref="Core.Verification.Verdict.OverBudget"/>.
    /// </summary>
    public TimeSpan Budget
    {
        get;
        init => field = value > TimeSpan.Zero && value <= LongestBudget
            ? value
            : throw new ArgumentOutOfRangeException(nameof(Budget), value, $"Expected more than 0 and at most {LongestBudget}.");
    } = TimeSpan.FromSeconds(5);

    /// <summary>
    /// Time that a response whose answer is a program has beside the budget: what its tests may take altogether, by whose own limits they
    /// are ended. Default 60 s.
    /// </summary>
    public TimeSpan CodeTime
    {
        get;
        init => field = value >= TimeSpan.Zero && value <= LongestBudget
            ? value
            : throw new ArgumentOutOfRangeException(nameof(CodeTime), value, $"Expected 0 to {LongestBudget}.");
    } = TimeSpan.FromSeconds(60);

    /// <summary>Time that one response's verification may take.</summary>
    public TimeSpan BudgetOf(Core.Verification.AnswerKind kind) =>
        kind == Core.Verification.AnswerKind.Code ? Budget + CodeTime : Budget;

    /// <summary>The longest budget: a stage that waits longer for one response has stalled.</summary>
    public static TimeSpan LongestBudget => TimeSpan.FromHours(1);
}
