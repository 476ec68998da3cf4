using System.Globalization;
using System.Text.RegularExpressions;

namespace AttnPo.Core.Verification.Reference;

/// <summary>
/// The second of the two forms that the published reward compares: plain text in small letters, without units, spaces and braces, that an
/// expression can be read from.
/// </summary>
internal static partial class PlainForm
{
    private const string Brackets = "()[]";

    private static readonly (string Word, string Written)[] Words =
    [
        (@"\%", "%"), (@"\$", "$"), ("$", ""), ("%", ""), (" or ", " , "), (" and ", " , "),
        ("million", "*10^6"), ("billion", "*10^9"), ("trillion", "*10^12"),
    ];

    private static readonly (string Sign, string Written)[] Signs = [("√", "sqrt"), ("π", "pi"), ("∞", "inf"), ("∪", "U"), ("·", "*"), ("×", "*")];

    /// <summary>The form of an answer.</summary>
    public static string Of(string answer)
    {
        var text = MathForm.WholeText().Match(answer) is { Success: true } whole ? whole.Groups[1].Value : answer;
        foreach (var (word, written) in Words) text = text.Replace(word, written, StringComparison.Ordinal);
        // One after another, for what is left of one may be another.
        foreach (var unit in Units) text = unit.Replace(text, "");
        text = DegreeSign().Replace(text, "");
        if (text is ['{', .., '}']) text = text[1..^1];
        text = ThinSpacedComma().Replace(text, "");
        if (FloatText.Nearest(text) is { } number) text = number.ToString(CultureInfo.InvariantCulture);
        if (text.Contains('\\')) text = FromLatex(text);
        text = SpacedMinus().Replace(text, "-");
        // 7 3/4 is a sum.
        text = SpacedDigits().Replace(text, "$1+$2");
        text = text.Replace(" ", "", StringComparison.Ordinal).Replace("{", "", StringComparison.Ordinal).Replace("}", "", StringComparison.Ordinal);
        text = text.ToLowerInvariant();
        return FloatText.IsWhole(text) ? FloatText.Truncated(text) : text;
    }

    /// <summary>The elements of a tuple or an interval; of anything else itself alone.</summary>
    public static string[] Elements(string form)
    {
        var text = FloatText.WithoutThousandsCommas(form);
        if (text.Length == 0) return [];
        return text.Length > 2 && Brackets.Contains(text[0]) && Brackets.Contains(text[^1]) && !text.AsSpan(1, text.Length - 2).ContainsAny(Brackets)
            ? [.. text[1..^1].Split(',').Select(element => element.Trim())] : [text];
    }

    /// <summary>Whether an element is one fraction of whole numbers: those must agree as they are written.</summary>
    public static bool IsFraction(string element) => Fraction().IsMatch(element);

    private static string FromLatex(string text)
    {
        // Spaced, so that a whole number in front makes it a mixed one.
        var spaced = text.Replace(@"\tfrac", @"\frac", StringComparison.Ordinal).Replace(@"\dfrac", @"\frac", StringComparison.Ordinal)
            .Replace(@"\frac", @" \frac", StringComparison.Ordinal);
        if (LatexText.Of(spaced) is not { } plain) return text;
        foreach (var (sign, written) in Signs) plain = plain.Replace(sign, written, StringComparison.Ordinal);
        return plain.Trim();
    }

    private static readonly Regex[] Units =
    [
        .. new[]
        {
            "degree", "cm", "centimeter", "meter", "mile", "second", "minute", "hour", "day", "week", "month", "year", "foot", "feet", "inch", "yard",
        }.Select(unit => new Regex($@"{unit}(es)?s? *(\^[0-9]+)?", RegexOptions.CultureInvariant)),
    ];

    [GeneratedRegex(@"\^ *\\circ")]
    private static partial Regex DegreeSign();

    [GeneratedRegex(@",\\! *")]
    private static partial Regex ThinSpacedComma();

    [GeneratedRegex("- *")]
    private static partial Regex SpacedMinus();

    [GeneratedRegex("([0-9]) +([0-9])")]
    private static partial Regex SpacedDigits();

    [GeneratedRegex(@"^-?[0-9]+.?/0*[1-9][0-9]*.?$")]
    private static partial Regex Fraction();
}
