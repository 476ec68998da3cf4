using AttnPo.Core.Verification;

namespace AttnPo.Core.Evaluation;

/// <summary>What responses are worth under a limit on their length.</summary>
public static class TokenBudget
{
    /// <summary>The limits that are usual in reports: 2k to 32k tokens.</summary>
    public static IReadOnlyList<int> Usual { get; } = [2048, 4096, 8192, 16384, 32768];

    /// <summary>
    /// The responses as a limit of so many new tokens had left them: one that is longer is cut there, and so truncated. A token's draw
    /// depends on what stands before it alone, so this is what generation with that limit gives. Failures stay failures.
    /// </summary>
    /// <param name="rows">Responses.</param>
    /// <param name="budget">In tokens, the stop token included.</param>
    public static IReadOnlyList<EvaluationRow> Cut(IEnumerable<EvaluationRow> rows, int budget) =>
        [.. rows.Select(row => row.Tokens <= budget || row.Verdict.IsFailure()
            ? row : row with { Tokens = budget, Verdict = Verdict.Truncated, Answer = null })];
}
