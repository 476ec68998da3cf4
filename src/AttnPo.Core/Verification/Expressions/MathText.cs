using System.Buffers;
using System.Text;
using System.Text.RegularExpressions;

namespace AttnPo.Core.Verification.Expressions;

/// <summary>Answers as text: brought into one way of writing before they are read.</summary>
internal static partial class MathText
{
    // Long enough for any answer; what a model may write is not bounded.
    public const int Longest = 4096;

    private static readonly Dictionary<char, string> Signs = new()
    {
        ['−'] = "-", ['–'] = "-", ['—'] = "-",
        ['×'] = @"\times ", ['·'] = @"\cdot ", ['⋅'] = @"\cdot ", ['∙'] = @"\cdot ", ['÷'] = @"\div ",
        ['≤'] = @"\le ", ['≥'] = @"\ge ", ['≠'] = @"\ne ", ['≈'] = @"\approx ", ['∈'] = @"\in ", ['∪'] = @"\cup ", ['∩'] = @"\cap ",
        ['√'] = @"\sqrt ", ['∞'] = @"\infty ", ['π'] = @"\pi ", ['θ'] = @"\theta ", ['°'] = @"\degree ", ['±'] = @"\pm ", ['∓'] = @"\mp ",
        ['²'] = "^2", ['³'] = "^3", ['½'] = @"\frac12 ", ['¼'] = @"\frac14 ", ['¾'] = @"\frac34 ", ['′'] = "'", ['’'] = "'",
        ['ℝ'] = @"\mathbb{R}", ['∅'] = @"\emptyset ", ['∖'] = @"\setminus ", ['≡'] = @"\equiv ",
        ['€'] = @"\$", ['£'] = @"\$", ['¥'] = @"\$", ['¢'] = @"\$", ['、'] = ",", ['。'] = ".",
        ['\u00A0'] = " ", ['\u202F'] = " ", ['\u2009'] = " ", ['\u200B'] = "", ['\uFEFF'] = "",
    };

    private static readonly SearchValues<char> Marks = SearchValues.Create(@" ${}\,;:!.()[]*~""'-_^&");

    /// <summary>
    /// Signs outside ASCII as commands, commands whose backslashes were doubled mended, spaces and full stops at the ends taken away.
    /// </summary>
    public static string Normalize(string text)
    {
        if (!Ascii.IsValid(text)) text = Plain(text);
        if (text.Contains(@"\\", StringComparison.Ordinal) && DoubledCommand().IsMatch(text))
        {
            if (!OddBackslashes().IsMatch(text)) text = text.Replace(@"\\", @"\", StringComparison.Ordinal);
            // Where some are doubled and rows may end in two, only the commands themselves tell.
            else if (!text.Contains(@"\begin", StringComparison.Ordinal)) text = DoubledCommand().Replace(text, match => match.Value[1..]);
        }
        text = HalfOfDay().Replace(text, match => $@" \text{{{char.ToLowerInvariant(match.Value[0])}m}}").Trim();
        var end = text.Length;
        while (end > 0 && IsClosing(text.AsSpan(0, end))) end--;
        return text[..end];
    }

    /// <summary>Whether a text ends in what a sentence may close with, or in a backslash that no command follows.</summary>
    private static bool IsClosing(ReadOnlySpan<char> text) =>
        text[^1] is '.' or ',' or ';' or ':' || char.IsWhiteSpace(text[^1]) || text is ['\\'] or [.., not '\\', '\\'];

    /// <summary>The letters and digits of a text without what formats them; null where there are none.</summary>
    public static string? Letters(string text)
    {
        var bare = Formatting().Replace(text, "");
        var letters = new StringBuilder(bare.Length);
        foreach (var c in bare)
            if (!Marks.Contains(c) && !char.IsWhiteSpace(c)) letters.Append(c);
        return letters.Length == 0 ? null : letters.ToString();
    }

    /// <summary>Whether a text is words alone, one of them long enough to be no product of variables.</summary>
    public static bool AreWords(string text) => WordsAlone().IsMatch(text);

    private static string Plain(string text)
    {
        var plain = new StringBuilder(text.Length + 16);
        foreach (var c in text)
        {
            if (Signs.TryGetValue(c, out var written)) plain.Append(written);
            else if (c is >= '\uFF01' and <= '\uFF5E') plain.Append((char)(c - 0xFEE0));
            else if (c is >= 'α' and <= 'ω' && GreekLetters.NameOf(c) is { } name) plain.Append('\\').Append(name).Append(' ');
            else plain.Append(c);
        }
        return plain.ToString();
    }

    [GeneratedRegex(@"\\\\(?:d?frac|tfrac|sqrt|left|right|begin|text|cdot|times|pi|boxed|circ)(?![a-z])")]
    private static partial Regex DoubledCommand();

    [GeneratedRegex(@"^[\p{L} ,.'-]*\p{L}{3}[\p{L} ,.'-]*$", RegexOptions.NonBacktracking)]
    private static partial Regex WordsAlone();

    [GeneratedRegex(@"(?<![A-Za-z])[AaPp]\.\s?[Mm]\.?(?![A-Za-z])")]
    private static partial Regex HalfOfDay();

    [GeneratedRegex(@"(?<!\\)\\(?:\\\\)*(?!\\)")]
    private static partial Regex OddBackslashes();

    [GeneratedRegex(
        @"\\(?:text|textbf|textit|textrm|textsf|mathrm|mathbf|mathit|mathsf|mbox|hbox|operatorname|boxed|fbox|bf|rm|it" +
        @"|left|right|displaystyle|quad|qquad)(?![A-Za-z])")]
    private static partial Regex Formatting();
}
