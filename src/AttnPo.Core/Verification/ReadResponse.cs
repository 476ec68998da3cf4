using AttnPo.Core.Steps;
using AttnPo.Core.Text;

namespace AttnPo.Core.Verification;

/// <summary>A response as text, verdict and steps.</summary>
/// <param name="Text">Its tokens decoded, special ones included.</param>
/// <param name="Verdict">Against the gold answer.</param>
/// <param name="Answer">What it gave as its answer after the reasoning; null without one.</param>
/// <param name="ThinkEnd">
/// Position of the token in which the first closing tag of the reasoning ends; the final answer begins after it. -1 without a tag.
/// </param>
/// <param name="Steps">The steps of the reasoning; of the whole response where it is not closed.</param>
/// <param name="StepSpans">The tokens of each step, at least one and without overlap, in the order of <paramref name="Steps"/>.</param>
public sealed record ReadResponse(
    string Text, Verdict Verdict, string? Answer, int ThinkEnd, IReadOnlyList<Step> Steps, IReadOnlyList<TokenSpan> StepSpans)
{
    /// <summary>The transition phrases of the reasoning; null where they were not counted, as in files of versions before 0.5.</summary>
    public PhraseCounts? Phrases { get; init; }
}
