using System.Globalization;
using System.Text;
using System.Text.RegularExpressions;

namespace AttnPo.Core.Text;

/// <summary>
/// Cuts text into the pieces within which tokens are merged, by the regular expressions of the tokenizer's file: what an expression
/// matches is a piece, and so is what lies between two matches; each further expression cuts the pieces of the one before.
/// </summary>
/// <remarks>
/// The files' expressions are written for engines that read code points, .NET's reads UTF-16 units. So each character beyond the basic
/// plane is shown to it as one character of the same general category.
/// </remarks>
internal sealed class PreTokenizer(IReadOnlyList<Regex> expressions)
{
    // Published expressions are shorter; what is longer only fills the message.
    private const int LongestShown = 200;

    /// <summary>The ranges of the pieces, in order; they cover the text without gaps.</summary>
    /// <exception cref="InvalidDataException">An expression takes longer over the text than it may.</exception>
    public IReadOnlyList<(int Start, int End)> Split(string text)
    {
        if (text.Length == 0) return [];
        var (seen, indexOf) = Project(text);
        List<(int Start, int End)> pieces = [(0, seen.Length)];
        foreach (var expression in expressions)
        {
            var finer = new List<(int Start, int End)>();
            try
            {
                foreach (var (start, end) in pieces) SplitPiece(expression, seen, start, end, finer);
            }
            catch (RegexMatchTimeoutException fault)
            {
                throw TooSlow(expression, fault);
            }
            pieces = finer;
        }
        return indexOf is null ? pieces : [.. pieces.Select(piece => (indexOf[piece.Start], indexOf[piece.End]))];
    }

    private static void SplitPiece(Regex expression, string text, int start, int end, List<(int Start, int End)> pieces)
    {
        var covered = start;
        // A piece is matched as a text of its own: look-around must not see past its ends.
        foreach (var match in expression.EnumerateMatches(text.AsSpan(start, end - start)))
        {
            if (match.Length == 0) continue;
            var at = start + match.Index;
            if (at > covered) pieces.Add((covered, at));
            covered = at + match.Length;
            pieces.Add((at, covered));
        }
        if (covered < end) pieces.Add((covered, end));
    }

    private static InvalidDataException TooSlow(Regex expression, RegexMatchTimeoutException fault)
    {
        var text = expression.ToString();
        var shown = text.Length > LongestShown ? $"{text[..LongestShown]}..." : text;
        return new InvalidDataException(
            $"The tokenizer's split expression \"{shown}\" took more than {fault.MatchTimeout.TotalSeconds} s over one match"
            + " and is no usable one.",
            fault);
    }

    private static (string Seen, int[]? IndexOf) Project(string text)
    {
        if (!text.AsSpan().ContainsAnyInRange('\uD800', '\uDBFF')) return (text, null);
        var seen = new StringBuilder(text.Length);
        var indexOf = new List<int>(text.Length + 1);
        for (var i = 0; i < text.Length;)
        {
            indexOf.Add(i);
            if (Rune.TryGetRuneAt(text, i, out var rune) && !rune.IsBmp)
            {
                seen.Append(RepresentativeOf(Rune.GetUnicodeCategory(rune)));
                i += 2;
            }
            else
            {
                seen.Append(text[i++]);
            }
        }
        indexOf.Add(text.Length);
        return (seen.ToString(), [.. indexOf]);
    }

    /// <summary>A character of the basic plane with this category that no tokenizer's expression is likely to name itself.</summary>
    internal static char RepresentativeOf(UnicodeCategory category) => category switch
    {
        UnicodeCategory.UppercaseLetter => '\u0531',
        UnicodeCategory.LowercaseLetter => '\u0561',
        UnicodeCategory.TitlecaseLetter => '\u1F88',
        UnicodeCategory.ModifierLetter => '\uA015',
        UnicodeCategory.OtherLetter => '\uA000',
        UnicodeCategory.NonSpacingMark => '\u0483',
        UnicodeCategory.SpacingCombiningMark => '\u0903',
        UnicodeCategory.EnclosingMark => '\u0488',
        UnicodeCategory.DecimalDigitNumber => '\u0660',
        UnicodeCategory.LetterNumber => '\u2180',
        UnicodeCategory.OtherNumber => '\u09F4',
        UnicodeCategory.ConnectorPunctuation => '\u203F',
        UnicodeCategory.DashPunctuation => '\u058A',
        UnicodeCategory.OpenPunctuation => '\u0F3A',
        UnicodeCategory.ClosePunctuation => '\u0F3B',
        UnicodeCategory.InitialQuotePunctuation => '\u2E02',
        UnicodeCategory.FinalQuotePunctuation => '\u2E03',
        UnicodeCategory.OtherPunctuation => '\u055A',
        UnicodeCategory.MathSymbol => '\u03F6',
        UnicodeCategory.CurrencySymbol => '\u058F',
        UnicodeCategory.ModifierSymbol => '\u02C2',
        UnicodeCategory.OtherSymbol => '\u0482',
        UnicodeCategory.Format => '\u0600',
        UnicodeCategory.PrivateUse => '\uE000',
        UnicodeCategory.SpaceSeparator => '\u1680',
        UnicodeCategory.LineSeparator => '\u2028',
        UnicodeCategory.ParagraphSeparator => '\u2029',
        UnicodeCategory.Control => '\u0001',
        UnicodeCategory.Surrogate => '\uD800',
        _ => '\u0378',
    };
}
