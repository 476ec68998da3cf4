namespace AttnPo.Core.Verification;

/// <summary>Finds the answer of a response and judges it. Safe for many threads.</summary>
public interface IAnswerVerifier
{
    /// <summary>The answer within the text that follows the reasoning; null without one.</summary>
    string? Find(string text, Gold gold);

    /// <summary>Judges an answer that was found. May throw where nothing can be said of it: the response then counts as failed.</summary>
    Grade Judge(string answer, Gold gold);
}
