namespace AttnPo.Core.Probing;

/// <summary>A response whose steps have labels and a score from each head.</summary>
/// <param name="HeadScores">[head][step].</param>
/// <param name="Essential">Of each step, whether it is essential; else it is redundant.</param>
public sealed record ProbedResponse(IReadOnlyList<IReadOnlyList<double>> HeadScores, IReadOnlyList<bool> Essential)
{
    /// <summary>
    /// What its prompt is known by: responses to one prompt say much the same, so they belong together wherever responses are divided or
    /// drawn. Null: it is the only one to its prompt.
    /// </summary>
    public string? Prompt { get; init; }

    /// <summary>Whether there is a pair to rank: an essential and a redundant step.</summary>
    public bool HasPair => Essential.Contains(true) && Essential.Contains(false);
}
