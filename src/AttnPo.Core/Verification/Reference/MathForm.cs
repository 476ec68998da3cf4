using System.Text;
using System.Text.RegularExpressions;

namespace AttnPo.Core.Verification.Reference;

/// <summary>
/// The first of the two forms that the published reward compares: LaTeX as the golds of the MATH data are written. What it cannot make
/// into that form stays as it was.
/// </summary>
internal static partial class MathForm
{
    /// <summary>The form of an answer.</summary>
    public static string Of(string answer)
    {
        var bare = answer.Trim();
        if (WholeText().Match(bare) is { Success: true } text) bare = text.Groups[1].Value.Trim();
        return Rewritten(bare) ?? bare;
    }

    /// <summary>The content of a text command that is the whole answer.</summary>
    [GeneratedRegex(@"^\\text\{(.+?)\}$")]
    public static partial Regex WholeText();

    /// <summary>Null where a command lacks what should follow it, or two units are named.</summary>
    private static string? Rewritten(string answer)
    {
        var text = Without(answer, "\n", @"\!").Replace(@"\\", @"\", StringComparison.Ordinal)
            .Replace("tfrac", "frac", StringComparison.Ordinal).Replace("dfrac", "frac", StringComparison.Ordinal);
        text = Without(text, @"\left", @"\right", @"^{\circ}", @"^\circ", @"\$");
        // A text command that begins with a space holds a unit.
        var units = text.Split(@"\text{ ");
        if (units.Length > 2) return null;
        text = Without(units[0], @"\%").Replace(" .", " 0.", StringComparison.Ordinal).Replace("{.", "{0.", StringComparison.Ordinal);
        if (text.Length == 0) return text;
        if (text[0] == '.') text = "0" + text;
        // k = 5: the side of a lone variable says nothing.
        if (text.Split('=') is [{ Length: <= 2 }, var right]) text = right;
        if (WithBracedRoots(text) is not { } rooted) return null;
        if (WithBracedFractions(rooted.Replace(" ", "", StringComparison.Ordinal)) is not { } whole) return null;
        if (whole == "0.5") return @"\frac{1}{2}";
        return WholeQuotient().Match(whole) is { Success: true } quotient ? $@"\frac{{{quotient.Groups[1]}}}{{{quotient.Groups[2]}}}" : whole;
    }

    private static string Without(string text, params ReadOnlySpan<string> parts)
    {
        foreach (var part in parts) text = text.Replace(part, "", StringComparison.Ordinal);
        return text;
    }

    private static string? WithBracedRoots(string text)
    {
        var parts = text.Split(@"\sqrt");
        var whole = new StringBuilder(parts[0]);
        foreach (var part in parts.AsSpan(1))
        {
            if (part.Length == 0) return null;
            whole.Append(@"\sqrt");
            if (part[0] == '{') whole.Append(part);
            else whole.Append('{').Append(part[0]).Append('}').Append(part, 1, part.Length - 1);
        }
        return whole.ToString();
    }

    /// <summary>Braces around numerators and denominators of one character: \frac12, \frac1{72}.</summary>
    private static string? WithBracedFractions(string text)
    {
        var parts = text.Split(@"\frac");
        var whole = new StringBuilder(parts[0]);
        foreach (var part in parts.AsSpan(1))
        {
            if (part.Length == 0) return null;
            whole.Append(@"\frac");
            if (part[0] == '{')
            {
                whole.Append(part);
                continue;
            }
            // Nothing is mended where one of them lacks its denominator.
            if (part.Length < 2) return text;
            whole.Append('{').Append(part[0]).Append('}');
            if (part[1] == '{') whole.Append(part, 1, part.Length - 1);
            else whole.Append('{').Append(part[1]).Append('}').Append(part, 2, part.Length - 2);
        }
        return whole.ToString();
    }

    [GeneratedRegex(@"^(0|-?[1-9][0-9]*)/(0|-?[1-9][0-9]*)\z")]
    private static partial Regex WholeQuotient();
}
