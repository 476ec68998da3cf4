using System.Text.RegularExpressions;

namespace AttnPo.Core.Verification;

/// <summary>
/// Equal means equal character by character once writing habits are taken away: white space and LaTeX spacing, dollar signs,
/// <c>\left</c> and <c>\right</c>, <c>\text{...}</c> and its kind, <c>\dfrac</c> and <c>\tfrac</c> for <c>\frac</c>, braces around
/// the whole, a full stop at the end; of a number a plus sign, leading zeros and a fraction of zeros. It knows no mathematics: 1/2 and
/// 0.5 differ. An empty answer equals nothing.
/// </summary>
public sealed partial class ExactGrader : IAnswerGrader
{
    /// <inheritdoc/>
    public bool AreEqual(string gold, string answer)
    {
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
        text = text.TrimEnd('.');
        while (IsWrapped(text)) text = text[1..^1];
        var number = Number().Match(text);
        return number switch
        {
            { Success: false } => text,
            { Groups: [_, _, { Value: "0" }] } => "0",
            _ => number.Groups[1].Value + number.Groups[2].Value,
        };
    }

    /// <summary>Whether one pair of braces encloses everything.</summary>
    private static bool IsWrapped(string text)
    {
        if (text is not ['{', .., '}']) return false;
        var depth = 0;
        for (var i = 0; i < text.Length - 1; i++)
        {
            if (text[i] == '\\') i++;
            else if (text[i] == '{') depth++;
            else if (text[i] == '}' && --depth == 0) return false;
        }
        return depth == 1;
    }

    [GeneratedRegex(@"(?<!\\)\$|\\(left|right)(?![A-Za-z])|\\[!,;: ]|\\[()\[\]]")]
    private static partial Regex Decoration();

    [GeneratedRegex(@"\\(?:text|textbf|textit|textrm|mathrm|mathbf|mbox)\{([^{}]*)\}")]
    private static partial Regex TextCommand();

    [GeneratedRegex(@"\\[dt]frac(?![A-Za-z])")]
    private static partial Regex SizedFraction();

    [GeneratedRegex(@"\s+")]
    private static partial Regex WhiteSpace();

    [GeneratedRegex(@"^\+?(-?)0*([0-9]+)(?:\.0+)?$")]
    private static partial Regex Number();
}
