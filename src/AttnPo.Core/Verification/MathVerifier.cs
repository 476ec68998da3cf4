namespace AttnPo.Core.Verification;

/// <summary>Finds a mathematical answer and compares it with the gold one.</summary>
/// <param name="grader">Compares.</param>
/// <param name="sources">Where the answer may be given. Default: in a box alone.</param>
/// <param name="lastBoxAlone">Whether the last box alone is the answer, where several are joined to one by a comma, "and" or "or".</param>
public sealed class MathVerifier(IAnswerGrader grader, AnswerSource sources = AnswerSource.Box, bool lastBoxAlone = false) : IAnswerVerifier
{
    /// <inheritdoc/>
    public string? Find(string text, Gold gold) => AnswerFinder.Find(text, sources, lastBoxAlone);

    /// <inheritdoc/>
    public Grade Judge(string answer, Gold gold) => grader.Compare(gold.Text, answer);
}
