namespace AttnPo.Actors.Protocol;

/// <summary>Why a group was dropped.</summary>
public enum DropReason
{
    /// <summary>The prompt is longer than the limit.</summary>
    PromptTooLong,

    /// <summary>The engine failed at it again and again, alone too, while it could do other work.</summary>
    GenerationFailed,

    /// <summary>No rollout counts: each failed, or was truncated where truncation is left out.</summary>
    NothingCounted,
}

/// <summary>How a sampled group ended. Each ends exactly once.</summary>
/// <param name="Group">The group.</param>
/// <param name="Prompt">Index of its prompt in the prompt set.</param>
/// <param name="Dropped">Why it was dropped; null: its step used it.</param>
/// <param name="Correct">Correct rollouts.</param>
/// <param name="Rollouts">Rollouts that count.</param>
/// <param name="Tokens">Response tokens of the rollouts that count.</param>
/// <param name="ZeroAdvantage">It was used, but brought no gradient: all its rollouts are worth the same.</param>
public sealed record GroupOutcome(
    GroupId Group, long Prompt, DropReason? Dropped, int Correct, int Rollouts, long Tokens, bool ZeroAdvantage);
