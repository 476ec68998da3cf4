namespace AttnPo.Core.Verification;

/// <summary>Decides whether two answers are the same. Safe for many threads.</summary>
public interface IAnswerGrader
{
    /// <summary>Whether an answer equals the gold one. Throws for no input.</summary>
    /// <param name="gold">The reference answer.</param>
    /// <param name="answer">What a response gave.</param>
    Grade Compare(string gold, string answer);
}
