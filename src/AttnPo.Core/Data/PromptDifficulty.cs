namespace AttnPo.Core.Data;

/// <summary>What a group of responses to a prompt came to.</summary>
/// <param name="Prompt">Index of the prompt.</param>
/// <param name="Correct">Correct responses.</param>
/// <param name="Counted">Responses that count; 0: the visit says nothing of the prompt.</param>
public readonly record struct PromptVisit(long Prompt, int Correct, int Counted);

/// <summary>
/// How easy prompts have been: of each the visits in a row, up to the last, in which every counted response was correct, or none was.
/// A byte a prompt, up to the last that was visited.
/// </summary>
/// <param name="streaks">As <see cref="Streaks"/> has them.</param>
public sealed class PromptDifficulty(ReadOnlyMemory<byte> streaks)
{
    /// <summary>Visits in a row beyond this are not told apart.</summary>
    public const int LongestStreak = 100;

    /// <summary>Of no prompt anything is known.</summary>
    public static PromptDifficulty Unknown { get; } = new(ReadOnlyMemory<byte>.Empty);

    /// <summary>A byte a prompt, two's complement: as <see cref="StreakOf"/> gives it.</summary>
    public ReadOnlyMemory<byte> Streaks { get; } = streaks;

    /// <summary>
    /// Visits in a row, up to the last, in which the prompt was solved by all; below 0: by none. 0: never visited, or solved by some.
    /// </summary>
    public int StreakOf(long prompt) => prompt < Streaks.Length ? (sbyte)Streaks.Span[(int)prompt] : 0;

    /// <summary>What is known after further visits, in their order.</summary>
    public PromptDifficulty After(IEnumerable<PromptVisit> visits)
    {
        PromptVisit[] telling = [.. visits.Where(visit => visit.Counted > 0)];
        if (telling.Length == 0) return this;
        var streaks = new byte[Math.Max(Streaks.Length, checked((int)telling.Max(visit => visit.Prompt) + 1))];
        Streaks.CopyTo(streaks);
        foreach (var visit in telling)
        {
            ref var streak = ref streaks[visit.Prompt];
            streak = (byte)Continued((sbyte)streak, visit);
        }
        return new PromptDifficulty(streaks);
    }

    private static int Continued(int streak, PromptVisit visit) =>
        visit.Correct == visit.Counted ? Math.Min(Math.Max(streak, 0) + 1, LongestStreak)
        : visit.Correct == 0 ? Math.Max(Math.Min(streak, 0) - 1, -LongestStreak)
        : 0;
}
