using AttnPo.Core.Steps;
using AttnPo.Core.Verification.Reference;

namespace AttnPo.Core.Verification;

/// <summary>Grades texts that hold an answer somewhere, against reference answers that may be whole texts too.</summary>
/// <param name="grader">Compares what is found.</param>
/// <param name="asWritten">Whether a text without a box is compared as it is, and the last box counts as the published reward takes it.</param>
public sealed class TextGrader(IAnswerGrader grader, bool asWritten = false)
{
    private static readonly ChoiceVerifier Choices = new();

    /// <summary>
    /// The grade, and the answer that was found; null where there is none. What stands before a <c>&lt;/think&gt;</c> is no answer, and a
    /// text with several of them is malformed.
    /// </summary>
    public (Grade Grade, string? Extracted) Compare(string gold, string text)
    {
        var close = text.IndexOf(StepSegmenter.ThinkEnd, StringComparison.Ordinal);
        if (close >= 0)
        {
            if (text.LastIndexOf(StepSegmenter.ThinkEnd, StringComparison.Ordinal) != close)
                return (Grade.Different("malformed: several </think>"), null);
            text = text[(close + StepSegmenter.ThinkEnd.Length)..];
        }
        if (asWritten)
        {
            var boxed = PublishedBox.IsIn(text) ? PublishedBox.Last(text) : text;
            return (boxed is null ? Grade.Different("no whole box") : grader.Compare(gold, boxed), boxed);
        }
        if (gold == text && gold.Trim().Length > 0) return (Grade.Equal("the same characters"), text);
        var reference = AnswerFinder.Whole(gold) ?? gold;
        var found = AnswerFinder.Whole(text);
        var grade = found is null ? Grade.Different("no answer") : grader.Compare(reference, found);
        // One capital letter may be a choice's, and prose gives that in ways of its own.
        if (grade.Outcome == GradeOutcome.Different && reference is [>= 'A' and <= 'Z']
            && Choices.Find(text, new(reference, AnswerKind.Choice)) is { } letter)
            return (Grade.Of(letter == reference, "letter by letter"), letter);
        // A text that holds no answer may still be the reference, word by word.
        if (found is null && grader.Compare(reference, text) is { Outcome: GradeOutcome.Equal } same) return (same, text);
        return (grade, found);
    }
}
