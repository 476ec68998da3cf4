namespace AttnPo.Core.Verification;

/// <summary>Finds and judges each answer by the verifier of its kind.</summary>
/// <param name="math">Of <see cref="AnswerKind.Math"/>.</param>
/// <param name="choice">Of <see cref="AnswerKind.Choice"/>.</param>
/// <param name="code">Of <see cref="AnswerKind.Code"/>.</param>
public sealed class AnswerVerifiers(IAnswerVerifier math, IAnswerVerifier choice, IAnswerVerifier code) : IAnswerVerifier
{
    /// <inheritdoc/>
    public string? Find(string text, Gold gold) => Of(gold.Kind).Find(text, gold);

    /// <inheritdoc/>
    public Grade Judge(string answer, Gold gold) => Of(gold.Kind).Judge(answer, gold);

    private IAnswerVerifier Of(AnswerKind kind) => kind switch
    {
        AnswerKind.Math => math,
        AnswerKind.Choice => choice,
        AnswerKind.Code => code,
        _ => throw new ArgumentOutOfRangeException(nameof(kind), kind, "No verifier judges this kind."),
    };
}
