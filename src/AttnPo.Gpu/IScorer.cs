namespace AttnPo.Gpu;

/// <summary>Reads log-probabilities, entropies and attention of chosen heads from the current policy, without gradients.</summary>
public interface IScorer
{
    /// <summary>
    /// Scores responses, answers in the order of the requests. Only the rows of the answer tokens and only the chosen heads
    /// are computed; no T x T map is made.
    /// </summary>
    IReadOnlyList<ResponseScores> Score(
        IReadOnlyList<ScoreRequest> requests, IReadOnlyList<HeadId> heads, CancellationToken cancellation = default);
}

/// <summary>A response to score. Positions count tokens of the response from 0.</summary>
/// <param name="Prompt">Prompt token ids, at least one.</param>
/// <param name="Response">Response token ids, at least one.</param>
/// <param name="ThinkEnd">Position of the token that closes the reasoning; all after it is the final answer F. -1: no answer, no step scores.</param>
/// <param name="Steps">Token ranges of the reasoning steps.</param>
public sealed record ScoreRequest(int[] Prompt, int[] Response, int ThinkEnd, IReadOnlyList<TokenRange> Steps)
{
    /// <summary>
    /// The first token of the response whose log-probability and entropy are wanted; the response's length: none, and the output head is
    /// not computed. Default 0: all.
    /// </summary>
    public int LogProbsFrom { get; init; }
}

/// <summary>What the policy says of a response.</summary>
/// <param name="LogProbs">Natural log-probability of each response token, from <see cref="ScoreRequest.LogProbsFrom"/> on.</param>
/// <param name="Entropies">Entropy, in nats, of the distribution each of these tokens was drawn from.</param>
/// <param name="HeadScores">[head][step]: (1/|s|) * sum over m in F, n in s of attention(m -> n), heads as asked for.</param>
public sealed record ResponseScores(float[] LogProbs, float[] Entropies, double[][] HeadScores);

/// <summary>An attention head, 0-based.</summary>
public readonly record struct HeadId(int Layer, int Head)
{
    /// <summary>layer:head, as settings write it.</summary>
    public override string ToString() => $"{Layer}:{Head}";
}

/// <summary>A half-open range of token positions.</summary>
public readonly record struct TokenRange(int Start, int End);
