namespace AttnPo.Core.Verification;

/// <summary>What a response is judged against.</summary>
/// <param name="Text">The right answer: an expression, the letter of a choice, or the tests of a program as <see cref="AnswerKind"/> says.</param>
/// <param name="Kind">How it is judged.</param>
public sealed record Gold(string Text, AnswerKind Kind = AnswerKind.Math)
{
    /// <summary>A text alone is a mathematical answer.</summary>
    public static implicit operator Gold(string text) => new(text);
}

/// <summary>How an answer is judged.</summary>
public enum AnswerKind
{
    /// <summary>By mathematical equality; <see cref="Gold.Text"/> is an expression, in LaTeX or plain.</summary>
    Math,

    /// <summary>By its letter; <see cref="Gold.Text"/> is the right one.</summary>
    Choice,

    /// <summary>By running it; <see cref="Gold.Text"/> holds the tests, as JSON.</summary>
    Code,
}
