namespace AttnPo.Core.Verification;

/// <summary>
/// The answer is a choice's letter: that of the last balanced box, or where no box holds one, the letter that the text ends on as
/// people write it (<see cref="ChoiceLetter"/>). Right is the letter of the gold answer, "A" to "Z".
/// </summary>
public sealed class ChoiceVerifier : IAnswerVerifier
{
    /// <inheritdoc/>
    public string? Find(string text, Gold gold)
    {
        if (BoxedAnswer.Last(text) is not { } box) return ChoiceLetter.OfProse(text);
        // A box of something else, of two letters for one, is no prose.
        return ChoiceLetter.OfBox(box) ?? ChoiceLetter.OfProse(text.Remove(text.LastIndexOf(box, StringComparison.Ordinal), box.Length));
    }

    /// <inheritdoc/>
    /// <exception cref="FormatException">The gold answer is no letter.</exception>
    public Grade Judge(string answer, Gold gold) => gold.Text is [>= 'A' and <= 'Z']
        ? Grade.Of(answer == gold.Text, "letter by letter")
        : throw new FormatException($"the gold answer \"{gold.Text}\" of a choice is no letter from A to Z");
}
