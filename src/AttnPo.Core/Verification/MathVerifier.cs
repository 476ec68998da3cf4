namespace AttnPo.Core.Verification;

/// <summary>The last balanced box is the answer, and it is compared with the gold one.</summary>
/// <param name="grader">Compares.</param>
public sealed class MathVerifier(IAnswerGrader grader) : IAnswerVerifier
{
    /// <inheritdoc/>
    public string? Find(string text, Gold gold) => BoxedAnswer.Last(text);

    /// <inheritdoc/>
    public Grade Judge(string answer, Gold gold) => grader.Compare(gold.Text, answer);
}
