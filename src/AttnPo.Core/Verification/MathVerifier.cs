using AttnPo.Core.Verification.Reference;

namespace AttnPo.Core.Verification;

/// <summary>Finds a mathematical answer and compares it with the gold one.</summary>
/// <param name="grader">Compares.</param>
/// <param name="sources">Where the answer may be given. Default: in a box alone.</param>
/// <param name="publishedBox">Whether the answer is the last box exactly as the published reward takes it, and nothing else.</param>
public sealed class MathVerifier(IAnswerGrader grader, AnswerSource sources = AnswerSource.Box, bool publishedBox = false) : IAnswerVerifier
{
    /// <inheritdoc/>
    public string? Find(string text, Gold gold) => publishedBox ? PublishedBox.Last(text) : AnswerFinder.Find(text, sources);

    /// <inheritdoc/>
    public Grade Judge(string answer, Gold gold) => grader.Compare(gold.Text, answer);
}
