namespace AttnPo.Core.Data;

/// <summary>
/// Passes over prompts that had nothing to teach: a group whose responses are all correct, or all wrong, hardly has an advantage. The
/// policy changes, so each of them gets another chance in every so-manyth epoch.
/// </summary>
public sealed record DifficultyFilter
{
    /// <summary>
    /// Visits in a row, all solved, after which a prompt is passed over: 1 to <see cref="PromptDifficulty.LongestStreak"/>; null: never.
    /// </summary>
    public int? SkipSolved { get; init => field = Streak(value, nameof(SkipSolved)); }

    /// <summary>As <see cref="SkipSolved"/>, for visits in which no response was correct.</summary>
    public int? SkipUnsolved { get; init => field = Streak(value, nameof(SkipUnsolved)); }

    /// <summary>
    /// A prompt that would be passed over is read in each so-manyth epoch all the same, 2 or more. Default 4. Which of them that is
    /// depends on its index, so that not all come back at once.
    /// </summary>
    public int RetryEvery
    {
        get;
        init => field = value >= 2 ? value : throw new ArgumentOutOfRangeException(nameof(RetryEvery), value, "Expected 2 or more.");
    } = 4;

    /// <summary>Why a prompt is passed over; null: it is read.</summary>
    /// <param name="streak">As <see cref="PromptDifficulty.StreakOf"/> has it.</param>
    /// <param name="prompt">Its index.</param>
    /// <param name="epoch">The epoch, from 0.</param>
    public PromptSkip? SkipOf(int streak, int prompt, long epoch) =>
        (epoch + prompt) % RetryEvery == 0 ? null
        : streak >= SkipSolved ? PromptSkip.Solved
        : -streak >= SkipUnsolved ? PromptSkip.Unsolved
        : null;

    private static int? Streak(int? value, string name) => value is null or >= 1 and <= PromptDifficulty.LongestStreak
        ? value
        : throw new ArgumentOutOfRangeException(name, value, $"Expected 1 to {PromptDifficulty.LongestStreak}, or none.");
}
