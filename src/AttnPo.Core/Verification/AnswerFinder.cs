using System.Text.RegularExpressions;
using AttnPo.Core.Verification.Expressions;

namespace AttnPo.Core.Verification;

/// <summary>Finds the answer in a text. Every pass is linear in the text.</summary>
public static partial class AnswerFinder
{
    // What can be part of an answer is no longer; looking further back than this finds other things.
    private const int LongestClause = 400, LongestBetweenBoxes = 60, Tail = 20_000, MostFormulas = 20;

    /// <summary>The answer; null where none of the sources holds one.</summary>
    /// <param name="text">What follows the reasoning.</param>
    /// <param name="sources">Where to look.</param>
    public static string? Find(string text, AnswerSource sources)
    {
        var boxes = sources.HasFlag(AnswerSource.Box) ? BoxedAnswer.All(text) : [];
        var phrase = sources.HasFlag(AnswerSource.Phrase) ? LastPhrase(text, finalOnly: boxes.Count > 0) : null;
        // A response may box something on the way, and then say what its final answer is.
        if (phrase is { } clause && (boxes.Count == 0 || clause.Start > boxes[^1].End)
            && OfClause(text[clause.Start..clause.End], sources) is { } said) return said;
        if (boxes.Count > 0) return Joined(text, boxes);
        return LastOf(text, sources);
    }

    /// <summary>
    /// An answer as it is, or the one within a text; null where nothing in it can be one. Reference answers of data sets are either: some
    /// are whole solutions.
    /// </summary>
    public static string? Whole(string text) =>
        !text.Contains(@"\boxed", StringComparison.Ordinal) && IsAnswer(text, MathText.Longest) ? text : Find(text, AnswerSource.Anywhere);

    /// <summary>The last box, and those that only a comma, "and" or "or" parts from it: together they are one answer.</summary>
    private static string Joined(string text, IReadOnlyList<BoxedAnswer.Box> boxes)
    {
        var first = boxes.Count - 1;
        while (first > 0 && boxes[first].Start - boxes[first - 1].End is > 0 and <= LongestBetweenBoxes
            && Connection().IsMatch(text[boxes[first - 1].End..boxes[first].Start])) first--;
        return string.Join(", ", boxes.Skip(first).Select(box => text[box.Content..(box.End - 1)]));
    }

    private static (int Start, int End)? LastPhrase(string text, bool finalOnly)
    {
        var from = Math.Max(0, text.Length - Tail);
        if ((finalOnly ? FinalAnswer() : AnswerIs()).Matches(text[from..]).LastOrDefault() is not { } last) return null;
        var start = from + last.Index + last.Length;
        var end = Math.Min(text.Length, start + LongestClause);
        if (SentenceEnd().Match(text[start..end]) is { Success: true } stop) end = start + stop.Index;
        return (start, end);
    }

    private static string? OfClause(string clause, AnswerSource sources)
    {
        if (clause.Contains(@"\boxed", StringComparison.Ordinal)) return null;
        return IsAnswer(clause) ? clause.Trim() : LastOf(clause, sources | AnswerSource.Formula | AnswerSource.Number);
    }

    /// <summary>The last formula that can be read, or the last number, whichever stands later.</summary>
    private static string? LastOf(string text, AnswerSource sources)
    {
        var tail = text[Math.Max(0, text.Length - Tail)..];
        var formula = sources.HasFlag(AnswerSource.Formula) ? LastFormula(tail) : null;
        var number = sources.HasFlag(AnswerSource.Number) ? Numbers().Matches(tail).LastOrDefault() : null;
        if (formula is { } range && (number is null || number.Index < range.End)) return tail[range.Start..range.End].Trim();
        if (number is null) return null;
        // In prose two digits behind a comma are decimals: 2,74 euros.
        return DecimalComma().IsMatch(number.Value) ? number.Value.Replace(',', '.') : number.Value;
    }

    /// <summary>The last formula that can be read: between dollar signs or their likes.</summary>
    private static (int Start, int End)? LastFormula(string text)
    {
        var formulas = Formulas(text);
        for (var i = formulas.Count - 1; i >= Math.Max(0, formulas.Count - MostFormulas); i--)
            if (IsAnswer(text[formulas[i].Start..formulas[i].End])) return formulas[i];
        return null;
    }

    private static List<(int Start, int End)> Formulas(string text)
    {
        var formulas = new List<(int, int)>();
        var unclosed = new HashSet<string>();
        for (var i = 0; i < text.Length; i++)
        {
            string? close = text[i] switch
            {
                '$' => i + 1 < text.Length && text[i + 1] == '$' ? "$$" : "$",
                '\\' when i + 1 < text.Length => text[i + 1] switch { '(' => @"\)", '[' => @"\]", _ => "" },
                _ => null,
            };
            if (close is null) continue;
            // An escaped sign opens nothing.
            if (close.Length == 0)
            {
                i++;
                continue;
            }
            var start = i + close.Length;
            var end = unclosed.Contains(close) ? -1 : text.IndexOf(close, start, StringComparison.Ordinal);
            if (end < 0)
            {
                unclosed.Add(close);
                i = start - 1;
                continue;
            }
            if (end > start) formulas.Add((start, end));
            i = end + close.Length - 1;
        }
        return formulas;
    }

    /// <summary>Whether a text can be read as an answer, and is more than words.</summary>
    private static bool IsAnswer(string text, int longest = LongestClause)
    {
        // Words in front of a formula lead up to it.
        if (text.Length > longest || LeadingWords().IsMatch(text)) return false;
        try
        {
            var parsed = MathParser.Parse(MathText.Normalize(text), CommaReading.Thousands, new WorkBudget(1_000_000), out _);
            // "no idea" may be read as n o, of the unit "idea".
            if (parsed is Quantity { Value: Product named } && !ExpressionTree.Any(named, part => part is Number or Constant)) return false;
            return parsed is not Words && !ExpressionTree.Any(parsed, IsSeveralWords);
        }
        catch (Exception e) when (e is UnreadableException or OverBudgetException)
        {
            return false;
        }
    }

    private static bool IsSeveralWords(Expression part) => part is Words words && words.Text.Contains(' ', StringComparison.Ordinal);

    // Nothing but "and", "or", a comma, the signs around formulas, and the name of what follows.
    [GeneratedRegex(
        @"^(?:[\s$]|\\[()\[\],;:!]|\\q?quad)*(?:\band\b|\bor\b|,|\\(?:text|mbox)\s*\{[^{}]*\b(?:and|or)\b[^{}]*\})" +
        @"(?:[\s$,]|\\[()\[\],;:!]|\\q?quad|\band\b|\bor\b|[A-Za-z](?:_\{?\w+\}?)?\s*=)*$",
        RegexOptions.CultureInvariant | RegexOptions.NonBacktracking)]
    private static partial Regex Connection();

    [GeneratedRegex(@"^[^$\\]*\b\p{L}{2,}[^$\\]*(?:\$|\\[(\[])", RegexOptions.CultureInvariant)]
    private static partial Regex LeadingWords();

    [GeneratedRegex(@"\bfinal answer(?:\s+is)?\s*[:=]?\s+", RegexOptions.IgnoreCase | RegexOptions.CultureInvariant)]
    private static partial Regex FinalAnswer();

    [GeneratedRegex(
        @"\b(?:answer|result|solution|value|total|sum|product)s?\s+(?:is|are|=|equals)\s*:?\s*|\banswers?\s*:\s*",
        RegexOptions.IgnoreCase | RegexOptions.CultureInvariant)]
    private static partial Regex AnswerIs();

    [GeneratedRegex(@"[.!?](?=\s|$)|\n\s*\n|<\|", RegexOptions.CultureInvariant)]
    private static partial Regex SentenceEnd();

    [GeneratedRegex(
        @"(?<![\p{L}\d.,])-?(?:\d{1,3}(?:,\d{3})+(?:\.\d+)?|\d+,\d{1,2}(?!\d)|\d+/\d+|\d+(?:\.\d+)?)%?",
        RegexOptions.CultureInvariant)]
    private static partial Regex Numbers();

    [GeneratedRegex(@"^-?\d+,\d{1,2}$", RegexOptions.CultureInvariant)]
    private static partial Regex DecimalComma();
}
