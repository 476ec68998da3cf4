namespace AttnPo.Gpu;

/// <summary>
/// Samples responses from one version of the policy. Calls come from one thread at a time. For the same policy, request and
/// thread count the answer is the same bit for bit: a request is decoded by itself, never mixed with another.
/// </summary>
public interface IGenerator : IDisposable
{
    /// <summary>The version of the weights in use; every completion of a call was written by it.</summary>
    long PolicyVersion { get; }

    /// <summary>Takes over the given version of the weights from the policy store.</summary>
    /// <exception cref="InvalidOperationException">The store does not hold that version.</exception>
    void LoadPolicy(long version);

    /// <summary>
    /// Decodes <see cref="GenerationRequest.SamplesPerPrompt"/> completions of each prompt, in the order of the prompts and,
    /// within a prompt, of the samples.
    /// </summary>
    IReadOnlyList<Completion> Generate(GenerationRequest request, CancellationToken cancellation = default);
}

/// <summary>What to decode together: the unit of determinism.</summary>
/// <param name="Seed">The run's seed. A token's draw depends on seed, step, prompt id, sample and position alone.</param>
/// <param name="Step">The optimizer step the rollouts are for (0-based); part of every draw.</param>
/// <param name="Prompts">The prompts, each computed once for all of its samples.</param>
/// <param name="SamplesPerPrompt">G, the size of a group.</param>
/// <param name="Sampling">Temperature, cut-offs, limits, stop tokens.</param>
public sealed record GenerationRequest(
    ulong Seed, long Step, IReadOnlyList<GenerationPrompt> Prompts, int SamplesPerPrompt, SamplingSettings Sampling);

/// <summary>A prompt as token ids.</summary>
/// <param name="Id">Names the prompt in draws and answers; unique within a request.</param>
/// <param name="Tokens">Token ids, at least one.</param>
public sealed record GenerationPrompt(long Id, int[] Tokens);

/// <summary>How the next token is drawn.</summary>
/// <param name="MaxNewTokens">Limit on the tokens of a response, the stop token included.</param>
/// <param name="Temperature">0 takes the most probable token (greedy); 1 samples the policy itself.</param>
/// <param name="TopP">Keeps the smallest set of tokens whose probability reaches this (1 keeps all).</param>
/// <param name="TopK">Keeps the k most probable tokens (0 keeps all).</param>
/// <param name="StopTokens">A response ends with the first of these; it is part of the response.</param>
public sealed record SamplingSettings(
    int MaxNewTokens, double Temperature, double TopP, int TopK, IReadOnlyList<int> StopTokens);

/// <summary>One response.</summary>
/// <param name="PromptId">The prompt it answers.</param>
/// <param name="Sample">0-based number within the group.</param>
/// <param name="Tokens">The sampled ids, the stop token included.</param>
/// <param name="LogProbs">Natural log-probability of each token under the policy at temperature 1, without cut-offs.</param>
/// <param name="Finish">Why it ended.</param>
public sealed record Completion(long PromptId, int Sample, int[] Tokens, float[] LogProbs, FinishReason Finish);

/// <summary>Sees a token of a response as it is drawn: those of one response in their order, of several in turns.</summary>
/// <param name="promptId">The prompt it answers.</param>
/// <param name="sample">0-based number of the response within the group.</param>
/// <param name="token">The token, a stop token included.</param>
public delegate void TokenObserver(long promptId, int sample, int token);

/// <summary>Why a response ended.</summary>
public enum FinishReason
{
    /// <summary>A stop token was drawn.</summary>
    Stop,

    /// <summary>The limit on new tokens, or the model's longest sequence, was reached.</summary>
    Length,
}
