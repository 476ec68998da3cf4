using System.Text.RegularExpressions;

namespace AttnPo.Core.Verification;

/// <summary>
/// Equal means equal character by character once writing habits are taken away: white space and LaTeX spacing, dollar signs,
/// <c>\left</c> and <c>\right</c>, <c>\text{...}</c> and its kind, <c>\dfrac</c> and <c>\tfrac</c> for <c>\frac</c>, braces around
/// the whole, a full stop at the end; of a number a plus sign, leading zeros and a fraction of zeros. It knows no mathematics: 1/2 and
/// 0.5 differ. An empty answer equals nothing, and one of more than 4,096 characters only what is the same character by character.
/// </summary>
public sealed partial class ExactGrader : IAnswerGrader
{
    // Longer than any answer that normalisation is meant for; what a model may write is not bounded.
    private const int LongestNormalized = 4096;

    /// <inheritdoc/>
    public Grade Compare(string gold, string answer) => Grade.Of(AreEqual(gold, answer), "character by character");

    private static bool AreEqual(string gold, string answer)
    {
        if (gold.Length > LongestNormalized || answer.Length > LongestNormalized) return gold == answer;
        var normal = Normalize(answer);
        return normal.Length > 0 && normal == Normalize(gold);
    }

    /// <summary>The form that is compared.</summary>
    internal static string Normalize(string answer)
    {
        var text = Decoration().Replace(answer, "");
        text = TextCommand().Replace(text, "$1");
        text = SizedFraction().Replace(text, @"\frac");
        text = WhiteSpace().Replace(text, "");
        return Plain(Unwrapped(text.TrimEnd('.')));
    }

    /// <summary>Without the pairs of braces that each enclose everything; in one pass over the text.</summary>
    private static string Unwrapped(string text)
    {
        var open = new Stack<int>();
        var partner = new int[text.Length];
        for (var i = 0; i < text.Length; i++)
        {
            if (text[i] == '\\') i++;
            else if (text[i] == '{') open.Push(i);
            else if (text[i] == '}' && open.TryPop(out var start)) partner[start] = i;
        }
        var (wrapped, end) = (0, text.Length - 1);
        for (; wrapped < end && text[wrapped] == '{' && partner[wrapped] == end; end--) wrapped++;
        return text[wrapped..(end + 1)];
    }

    /// <summary>Of a number: without plus sign, leading zeros and a fraction of zeros.</summary>
    private static string Plain(string text)
    {
        var digits = text.AsSpan();
        if (digits is ['+', ..]) digits = digits[1..];
        var isNegative = digits is ['-', ..];
        if (isNegative) digits = digits[1..];
        var point = digits.IndexOf('.');
        var whole = point < 0 ? digits : digits[..point];
        var fraction = point < 0 ? "0" : digits[(point + 1)..];
        if (whole.IsEmpty || fraction.IsEmpty || whole.ContainsAnyExceptInRange('0', '9') || fraction.ContainsAnyExcept('0')) return text;
        whole = whole.TrimStart('0');
        return whole.IsEmpty ? "0" : isNegative ? $"-{whole}" : whole.ToString();
    }

    [GeneratedRegex(@"(?<!\\)\$|\\(left|right)(?![A-Za-z])|\\[!,;: ]|\\[()\[\]]")]
    private static partial Regex Decoration();

    [GeneratedRegex(@"\\(?:text|textbf|textit|textrm|mathrm|mathbf|mbox)\{([^{}]*)\}")]
    private static partial Regex TextCommand();

    [GeneratedRegex(@"\\[dt]frac(?![A-Za-z])")]
    private static partial Regex SizedFraction();

    [GeneratedRegex(@"\s+")]
    private static partial Regex WhiteSpace();
}
