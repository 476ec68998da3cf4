using AttnPo.Core.Steps;
using AttnPo.Core.Text;

namespace AttnPo.Core.Verification;

/// <summary>
/// Reads sampled tokens: verdict, steps and their tokens. Pure and safe for many threads; a fault of the verifier passes through, for the
/// caller to record as <see cref="Verdict.Failed"/>.
/// </summary>
/// <param name="tokenizer">Of the policy that sampled.</param>
/// <param name="phrases">Cut the reasoning.</param>
/// <param name="settings">Of the segmentation.</param>
/// <param name="verifier">Finds and judges answers.</param>
public sealed class ResponseReader(Tokenizer tokenizer, PhraseTable phrases, SegmentationSettings settings, IAnswerVerifier verifier)
{
    private const string ThinkStart = "<think>";

    /// <summary>
    /// Reads one response. A truncated one is that and nothing else, whatever it holds. Otherwise the text must hold exactly one
    /// <c>&lt;/think&gt;</c> and no <c>&lt;think&gt;</c>, and the answer is looked for after it alone.
    /// </summary>
    /// <param name="tokens">As sampled, the stop token included.</param>
    /// <param name="truncated">Whether a limit, not a stop token, ended it.</param>
    /// <param name="gold">The reference answer.</param>
    public ReadResponse Read(IReadOnlyList<int> tokens, bool truncated, Gold gold)
    {
        var decoded = tokenizer.Decode(tokens);
        var text = decoded.Text;
        var close = text.IndexOf(StepSegmenter.ThinkEnd, StringComparison.Ordinal);
        var afterClose = close + StepSegmenter.ThinkEnd.Length;
        var answer = close < 0 ? null : verifier.Find(text[afterClose..], gold);

        // A model may spell the tag in several tokens: the steps end before the first of them, the answer begins after the last.
        var boundary = close < 0 ? tokens.Count : decoded.TokenAt(close);
        var thinkEnd = close < 0 ? -1 : decoded.TokenAt(afterClose - 1);
        var steps = StepTokens.Join(StepSegmenter.Segment(text, phrases, settings), decoded, boundary);
        var spans = StepTokens.Locate(steps, decoded, boundary);
        return new ReadResponse(text, Judge(text, truncated, close, answer, gold), answer, thinkEnd, steps, spans)
        {
            Phrases = PhraseCounts.Of(text, phrases),
        };
    }

    private Verdict Judge(string text, bool truncated, int close, string? answer, Gold gold)
    {
        if (truncated) return Verdict.Truncated;
        var closedOnce = close >= 0 && text.LastIndexOf(StepSegmenter.ThinkEnd, StringComparison.Ordinal) == close;
        if (!closedOnce || text.Contains(ThinkStart, StringComparison.Ordinal)) return Verdict.Malformed;
        if (answer is null) return Verdict.NoAnswer;
        return verifier.Judge(answer, gold).Outcome switch
        {
            GradeOutcome.Equal => Verdict.Correct,
            GradeOutcome.Different => Verdict.Wrong,
            _ => Verdict.OverBudget,
        };
    }
}
