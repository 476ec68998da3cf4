using AttnPo.Core.Steps;
using AttnPo.Core.Text;

namespace AttnPo.Core.Verification;

/// <summary>A response as text, verdict and steps.</summary>
/// <param name="Text">Its tokens decoded, special ones included.</param>
/// <param name="Verdict">Against the gold answer.</param>
/// <param name="Answer">What stood in the last box after the reasoning; null without one.</param>
/// <param name="ThinkEnd">Position of the token that closes the reasoning; -1 where none does.</param>
/// <param name="Steps">The steps of the reasoning; none where it is not closed.</param>
/// <param name="StepSpans">The tokens of each step, each at least one, in the order of <paramref name="Steps"/>.</param>
public sealed record ReadResponse(
    string Text, Verdict Verdict, string? Answer, int ThinkEnd, IReadOnlyList<Step> Steps, IReadOnlyList<TokenSpan> StepSpans);
