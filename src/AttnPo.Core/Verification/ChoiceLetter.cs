using System.Text.RegularExpressions;

namespace AttnPo.Core.Verification;

/// <summary>
/// Finds the letter of a choice in what people write, as a capital. An article "A" and a pronoun "I" are no choices. Every pattern
/// looks at a bounded stretch from each place, so time grows with the text alone.
/// </summary>
internal static partial class ChoiceLetter
{
    // What may stand between "the answer is" and its letter: "for sure", "therefore option".
    private const int Stretch = 60;

    /// <summary>
    /// The letter that a box holds, alone or in front of the choice's text: C, (C), \text{C}, C. text; null for anything else.
    /// </summary>
    public static string? OfBox(string box)
    {
        var text = Command().Replace(box, " ");
        var match = InBox().Match(text);
        return match.Success && !Another().IsMatch(text.AsSpan(match.Length)) ? Capital(match) : null;
    }

    /// <summary>
    /// The letter that follows the last "answer is" or "Answer:" that one follows, wherever others stand; else that of a last line
    /// that is a choice; else that of the last "option C" and its kind; else the very last word. Null without any.
    /// </summary>
    public static string? OfProse(string text) =>
        After(AnswerIs(), text) ?? OfLastLine(text) ?? After(Option(), text) ?? Found(LastWord().Match(text));

    private static string? After(Regex cue, string text)
    {
        string? letter = null;
        foreach (var match in cue.EnumerateMatches(text))
        {
            var start = match.Index + match.Length;
            var stretch = text.Length - start <= Stretch ? text[start..] : WholeWords(text.Substring(start, Stretch));
            letter = Found(Letter().Match(stretch)) ?? letter;
        }
        return letter;
    }

    // A word that is cut may look like a letter.
    private static string WholeWords(string stretch) => stretch[..(stretch.LastIndexOf(' ') + 1)];

    private static string? OfLastLine(string text)
    {
        var line = text.AsSpan().TrimEnd();
        line = line[(line.LastIndexOf('\n') + 1)..];
        return Found(ChoiceLine().Match(line.ToString()));
    }

    private static string? Found(Match match) => match.Success ? Capital(match) : null;

    private static string Capital(Match match) => match.Groups["letter"].Value.ToUpperInvariant();

    // LaTeX that only dresses a letter.
    [GeneratedRegex(@"\\(?:text(?:bf|it|rm|sf|tt)?|math(?:bf|it|rm|sf|tt)|bf|rm|quad|left|right)(?![A-Za-z])|\\[,;:! ]|[{}$*~]")]
    private static partial Regex Command();

    // Alone, or with what parts it from the choice's text.
    [GeneratedRegex(
        @"^\s*(?:(?i:option|choice|answer)[:\s]\s*)?"
        + @"(?:\(\s*(?<letter>[A-Za-z])\s*\)|(?<letter>[A-Za-z])\s*(?:[.:)\]]|$)|(?<letter>[B-HJ-Z])\s+(?=\S)(?![A-Z](?![A-Za-z0-9])))")]
    private static partial Regex InBox();

    // Two letters are no choice.
    [GeneratedRegex(@"^\s*(?:,|;|/|\\?&|and\b|or\b)\s*\(?[A-Z](?![A-Za-z0-9])")]
    private static partial Regex Another();

    [GeneratedRegex(
        @"\banswer(?:\s+(?:choice|option|letter|here|to\s+(?:this|the)\s+question))?"
        + @"[*_]{0,3}\s{0,3}(?:(?:is|would\s+be|must\s+be|should\s+be)\b|:|=|→|->)",
        RegexOptions.IgnoreCase | RegexOptions.CultureInvariant)]
    private static partial Regex AnswerIs();

    [GeneratedRegex(
        @"\b(?:option|choice|choose|chose|select|pick)\b"
        + @"(?=[\s*_:]{1,4}(?:is\s)?[^A-Za-z0-9\n]{0,8}(?-i:[A-Z]|(?<=\()[a-z])(?![A-Za-z0-9]))",
        RegexOptions.IgnoreCase | RegexOptions.CultureInvariant)]
    private static partial Regex Option();

    // The first capital that is a word of its own and is not ruled out, within the sentence; or a small one in parentheses, or alone
    // to the end.
    [GeneratedRegex(
        @"^(?:(?!\.\s)[^\n]|^\s*\n)*?(?<![A-Za-z0-9\\'’])(?<!(?:\b(?:not|never|neither|nor|than)|n['’]t)\s(?:be\s)?[(*]{0,3})"
        + @"(?:\((?<letter>[A-Za-z])\)"
        + @"|(?!I\s[a-z])(?!I['’])(?<letter>[A-Z])(?![A-Za-z0-9'’+^_]|-\w|\s*=)"
        + @"|(?<=^[\s*$(]*)(?<letter>[a-z])(?=[.*)$\s]*$))",
        RegexOptions.CultureInvariant)]
    private static partial Regex Letter();

    // A line of a letter alone, or of a letter that something parts from the choice's text.
    [GeneratedRegex(
        @"^[\s*_#$>-]*(?:(?i:option|choice)\s+)?(?:\\\(|\\text\{|\\textbf\{)*"
        + @"(?:\((?<letter>[A-Za-z])\)|(?<letter>[A-Z])(?:[*_$}\s]*$|[*_]*[.:)](?![A-Za-z0-9.])))",
        RegexOptions.CultureInvariant)]
    private static partial Regex ChoiceLine();

    // At the very end: "so it must be C.", "... (C)". A bare I is the pronoun.
    [GeneratedRegex(
        @"(?<![A-Za-z0-9\\'’+^_-])(?:\((?<letter>[A-Za-z])\)|(?:\*\*|__)(?<letter>[A-Z])(?:\*\*|__)|(?<letter>[A-HJ-Z]))"
        + @"[*_$.!)}\s]{0,12}$",
        RegexOptions.CultureInvariant)]
    private static partial Regex LastWord();
}
