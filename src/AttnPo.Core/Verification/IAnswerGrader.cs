namespace AttnPo.Core.Verification;

/// <summary>Decides whether two answers are the same.</summary>
public interface IAnswerGrader
{
    /// <summary>Whether an answer equals the gold one.</summary>
    /// <param name="gold">The reference answer.</param>
    /// <param name="answer">What stood in the response's box.</param>
    bool AreEqual(string gold, string answer);
}
