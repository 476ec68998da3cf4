using System.Globalization;
using System.Numerics;
using System.Text.RegularExpressions;

namespace AttnPo.Core.Verification.Expressions;

/// <summary>The least parts of an answer.</summary>
/// <param name="Kind">What it is.</param>
/// <param name="Text">Of a command its name, of words the words, of a sign the sign.</param>
/// <param name="End">Where the text behind it begins.</param>
/// <param name="Value">Of a number.</param>
internal readonly record struct Token(TokenKind Kind, string Text, int End, Number? Value = null);

internal enum TokenKind
{
    End,
    Number,
    Letter,
    Words,
    Command,
    Sign,
}

/// <summary>How a comma between digits is read.</summary>
internal enum CommaReading
{
    /// <summary>Before groups of three it parts thousands; otherwise it parts answers.</summary>
    Thousands,

    /// <summary>It always parts answers.</summary>
    Separator,

    /// <summary>It is the decimal point.</summary>
    Decimal,
}

/// <summary>Cuts a normalised text into tokens, wherever the parser asks it to begin.</summary>
/// <param name="text">The text.</param>
/// <param name="commas">How commas are read outside brackets.</param>
/// <param name="budget">Pays.</param>
internal sealed partial class MathScanner(string text, CommaReading commas, WorkBudget budget)
{
    private static readonly HashSet<string> Spacing =
    [
        "left", "right", "middle", "big", "Big", "bigg", "Bigg", "bigl", "bigr", "Bigl", "Bigr", "biggl", "biggr", "Biggl", "Biggr",
        "quad", "qquad", "thinspace", "enspace", "hspace", "hfill", "displaystyle", "textstyle", "limits", "nolimits", "mathstrut",
        "nonumber", "bf", "rm", "it",
    ];

    // Behind a backslash.
    private const string SpacingSigns = ",;:! >()[]$/-";

    private static readonly HashSet<string> WordCommands =
        ["text", "mbox", "hbox", "textbf", "textit", "textrm", "textsf", "texttt", "emph"];

    // There three letters side by side are still factors, and not a word.
    private readonly bool _isMathematical = text.AsSpan().IndexOfAny('\\', '$') >= 0;

    public string Text => text;

    /// <summary>Whether a comma was met that another reading would read otherwise.</summary>
    public bool CommaIsAmbiguous { get; private set; }

    /// <summary>The token at a place.</summary>
    /// <param name="at">Where it may begin; spaces are passed over.</param>
    /// <param name="depth">Brackets that are open there: in them a comma parts items.</param>
    public Token Read(int at, int depth)
    {
        budget.Spend(4);
        at = SkipSpace(at);
        if (at >= text.Length) return new(TokenKind.End, "", text.Length);
        var c = text[at];
        if (char.IsAsciiDigit(c) || (c == '.' && at + 1 < text.Length && char.IsAsciiDigit(text[at + 1]))) return NumberAt(at, depth);
        if (c == '\\') return CommandAt(at);
        if (char.IsLetter(c)) return LettersAt(at);
        var sign = c switch
        {
            '<' when Follows(at, "<=") => "<=",
            '>' when Follows(at, ">=") => ">=",
            '=' when Follows(at, "==") => "==",
            '!' when Follows(at, "!=") => "!=",
            '*' when Follows(at, "**") => "**",
            _ => c.ToString(),
        };
        return new(TokenKind.Sign, sign, at + sign.Length);
    }

    /// <summary>The place of the brace that closes the one at a place.</summary>
    /// <exception cref="UnreadableException">None closes it.</exception>
    public int ClosingBrace(int open)
    {
        var depth = 0;
        for (var i = open; i < text.Length; i++)
        {
            if (text[i] == '\\') i++;
            else if (text[i] == '{') depth++;
            else if (text[i] == '}' && --depth == 0)
            {
                budget.Spend(i - open);
                return i;
            }
        }
        throw new UnreadableException("a brace is not closed");
    }

    /// <summary>The first place from one on where no space stands.</summary>
    public int SkipSpace(int at)
    {
        while (at < text.Length)
        {
            if (char.IsWhiteSpace(text[at]) || text[at] is '~' or '$') at++;
            else if (text[at] != '\\') break;
            else if (at + 1 < text.Length && SpacingSigns.Contains(text[at + 1])) at += 2;
            else if (CommandName(at) is var name && Spacing.Contains(name)) at += 1 + name.Length;
            else break;
        }
        return at;
    }

    private bool Follows(int at, string sign) => text.AsSpan(at).StartsWith(sign, StringComparison.Ordinal);

    private string CommandName(int at)
    {
        var end = at + 1;
        while (end < text.Length && char.IsAsciiLetter(text[end])) end++;
        return text[(at + 1)..end];
    }

    private Token CommandAt(int at)
    {
        var name = CommandName(at);
        if (name.Length == 0)
            return at + 1 < text.Length ? new(TokenKind.Command, text[at + 1].ToString(), at + 2) : new(TokenKind.End, "", text.Length);
        var end = at + 1 + name.Length;
        if (!WordCommands.Contains(name)) return new(TokenKind.Command, name, end);
        var open = SkipSpace(end);
        if (open >= text.Length || text[open] != '{') return new(TokenKind.Words, "", end);
        var close = ClosingBrace(open);
        var inner = text[(open + 1)..close];
        // Numbers and mathematics in a text are read as such: \text{10 cm}, \text{($-3$)}.
        return inner.AsSpan().IndexOfAny("0123456789$\\") >= 0
            ? new(TokenKind.Sign, "{", open + 1) : new(TokenKind.Words, inner.Trim(), close + 1);
    }

    private Token LettersAt(int at)
    {
        var end = at;
        while (end < text.Length && char.IsLetter(text[end])) end++;
        var run = text[at..end];
        if (WordTable.Command(run) is { } command) return new(TokenKind.Command, command, end);
        if (run == "min" && FollowsValue(at) && !IsBracketAt(end)) return new(TokenKind.Words, run, end);
        if (KnownFunctions.IsName(run)) return new(TokenKind.Command, run, end);
        var isWord = WordTable.IsConnective(run) || run.Length >= (_isMathematical ? 4 : 3) || (run.Length > 1 && !char.IsAscii(run[0]));
        if (isWord || ((Units.IsKnown(run) || Units.IsAfternoon(run) is not null) && FollowsValue(at))) return new(TokenKind.Words, run, end);
        return new(TokenKind.Letter, run[0].ToString(), at + 1);
    }

    private bool IsBracketAt(int at) => SkipSpace(at) is var next && next < text.Length && text[next] is '(' or '{';

    private bool FollowsValue(int at) => text.AsSpan(0, at).TrimEnd() is [.., (>= '0' and <= '9') or '}' or ')'];

    /// <summary>A number with all its groups of thousands, its decimals and what repeats in them.</summary>
    private Token NumberAt(int at, int depth)
    {
        var digits = Digits(ref at);
        if (digits.Length is > 0 and <= 3)
            while (GroupAfter(at, depth) is { } group)
            {
                digits += text.Substring(group, 3);
                at = group + 3;
            }
        var decimals = "";
        if (at + 1 < text.Length && text[at] == '.' && char.IsAsciiDigit(text[at + 1]))
        {
            at++;
            decimals = Digits(ref at);
        }
        else if (at + 1 < text.Length && text[at] == ',' && char.IsAsciiDigit(text[at + 1]) && depth == 0)
        {
            CommaIsAmbiguous = true;
            if (commas == CommaReading.Decimal)
            {
                at++;
                decimals = Digits(ref at);
            }
        }
        else if (at < text.Length && text[at] == '.')
        {
            // 0.\overline{3}: the point stands before what repeats.
            if (Repeating(at + 1) is { } behind) return Number(digits, "", behind.Digits, behind.End);
            // 1./3
            if (at + 1 < text.Length && text[at + 1] is '/' or '*' or '^') at++;
        }
        return decimals.Length > 0 && Repeating(at) is { } repeating
            ? Number(digits, decimals, repeating.Digits, repeating.End) : Number(digits, decimals, "", at);
    }

    private string Digits(ref int at)
    {
        var start = at;
        while (at < text.Length && char.IsAsciiDigit(text[at])) at++;
        return text[start..at];
    }

    /// <summary>Where three digits begin that a separator of thousands at a place announces.</summary>
    private int? GroupAfter(int at, int depth)
    {
        var start = at;
        var certain = false;
        if (Follows(at, "{,}")) (at, certain) = (at + 3, true);
        else if (Follows(at, ",\\!")) (at, certain) = (at + 3, true);
        else if (Follows(at, "\\,") || Follows(at, "\\ ")) at += 2;
        else if (at < text.Length && text[at] == ',' && depth == 0) at++;
        else if (at < text.Length && text[at] is ' ' or '~') at++;
        else return null;
        if (certain)
            while (at < text.Length && (text[at] == ' ' || Follows(at, "\\!"))) at += text[at] == ' ' ? 1 : 2;
        for (var i = 0; i < 3; i++)
            if (at + i >= text.Length || !char.IsAsciiDigit(text[at + i])) return null;
        if (at + 3 < text.Length && char.IsAsciiDigit(text[at + 3])) return null;
        if (text[start] != ',' || certain) return at;
        CommaIsAmbiguous = true;
        return commas == CommaReading.Thousands ? at : null;
    }

    private (string Digits, int End)? Repeating(int at)
    {
        foreach (var command in (string[])["\\overline", "\\bar", "\\dot"])
        {
            if (!Follows(at, command)) continue;
            var open = SkipSpace(at + command.Length);
            if (open >= text.Length) return null;
            if (char.IsAsciiDigit(text[open])) return (text[open].ToString(), open + 1);
            if (text[open] != '{') return null;
            var close = ClosingBrace(open);
            var digits = text[(open + 1)..close].Trim();
            return digits.Length > 0 && digits.All(char.IsAsciiDigit) ? (digits, close + 1) : null;
        }
        return null;
    }

    private Token Number(string whole, string decimals, string repeating, int end)
    {
        budget.SpendProduct(4L * (whole.Length + decimals.Length), 4L * (whole.Length + decimals.Length));
        var digits = whole + decimals;
        Rational value = BigInteger.Parse(digits.Length == 0 ? "0" : digits, NumberStyles.None, CultureInfo.InvariantCulture);
        if (repeating.Length > 0)
            value += Rational.Of(BigInteger.Parse(repeating, CultureInfo.InvariantCulture), BigInteger.Pow(10, repeating.Length) - 1);
        value /= BigInteger.Pow(10, decimals.Length);
        // 1.5e-3
        if (PowerOfTen().Match(text, end) is { Success: true } power)
        {
            var exponent = int.Parse(power.ValueSpan[1..], CultureInfo.InvariantCulture);
            var scale = BigInteger.Pow(10, Math.Abs(exponent));
            return new(TokenKind.Number, whole, end + power.Length, new Number(exponent < 0 ? value / scale : value * scale));
        }
        var significant = decimals.Length == 0 || repeating.Length > 0 ? 0 : digits.TrimStart('0').Length;
        return new(TokenKind.Number, whole, end, new Number(value, significant, decimals.Length));
    }

    [GeneratedRegex(@"\G[eE][+-]?[0-9]{1,3}(?![0-9.])")]
    private static partial Regex PowerOfTen();
}
