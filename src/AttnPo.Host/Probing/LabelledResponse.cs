using AttnPo.Core.Data;
using AttnPo.Core.Steps;
using AttnPo.Core.Text;
using AttnPo.Core.Verification;

namespace AttnPo.Host.Probing;

/// <summary>A response that heads are probed on: what the model was asked, what it wrote, and its reasoning cut into steps.</summary>
internal sealed record LabelledResponse
{
    /// <summary>Of its row, or of its place in a collection.</summary>
    public required string Id { get; init; }

    /// <summary>The prompt as text, for judges and for writing the row again.</summary>
    public required string PromptText { get; init; }

    /// <summary>The prompt's tokens.</summary>
    public required int[] Prompt { get; init; }

    /// <summary>The response's tokens, as they were sampled where that is known.</summary>
    public required int[] Response { get; init; }

    /// <summary>The response's tokens decoded, special ones included; steps are ranges of it.</summary>
    public required string Text { get; init; }

    /// <summary>Position, in the response, of the token that closes the reasoning; the final answer is all after it.</summary>
    public required int ThinkEnd { get; init; }

    /// <summary>The steps of the reasoning, ranges of characters (UTF-16) of <see cref="Text"/>.</summary>
    public required IReadOnlyList<Step> Steps { get; init; }

    /// <summary>The tokens of each step, at least one.</summary>
    public required IReadOnlyList<TokenSpan> Spans { get; init; }

    /// <summary>The right answer; null where the row has none: the response's own answer counts as right.</summary>
    public Gold? Gold { get; init; }

    /// <summary>Of each step, in the order of <see cref="Steps"/>; null: not labelled. Empty: no step is.</summary>
    public IReadOnlyList<StepLabel?> Labels { get; init; } = [];

    /// <summary>Whose labels these are, where the row says so.</summary>
    public string? LabelledBy { get; init; }
}
