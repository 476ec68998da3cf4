using System.Text.Json.Serialization;

namespace AttnPo.Core.Data;

/// <summary>Why a prompt is passed over.</summary>
public enum PromptSkip
{
    /// <summary>It has more tokens than a prompt may have.</summary>
    TooLong,

    /// <summary>All its responses were correct, visit after visit.</summary>
    Solved,

    /// <summary>None of its responses was, visit after visit.</summary>
    Unsolved,
}

/// <summary>How many prompts were passed over, by reason.</summary>
/// <param name="TooLong">For their length.</param>
/// <param name="Solved">Because they are solved always.</param>
/// <param name="Unsolved">Because they are solved never.</param>
public sealed record SkippedPrompts(long TooLong, long Solved, long Unsolved)
{
    /// <summary>No prompt.</summary>
    public static SkippedPrompts None { get; } = new(0, 0, 0);

    /// <summary>For whatever reason.</summary>
    [JsonIgnore]
    public long Total => TooLong + Solved + Unsolved;

    /// <summary>With one more.</summary>
    public SkippedPrompts Plus(PromptSkip reason) => reason switch
    {
        PromptSkip.TooLong => this with { TooLong = TooLong + 1 },
        PromptSkip.Solved => this with { Solved = Solved + 1 },
        _ => this with { Unsolved = Unsolved + 1 },
    };

    /// <summary>Together with others.</summary>
    public SkippedPrompts Plus(SkippedPrompts others) =>
        new(TooLong + others.TooLong, Solved + others.Solved, Unsolved + others.Unsolved);
}
