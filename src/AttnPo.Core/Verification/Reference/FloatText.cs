using System.Globalization;
using System.Numerics;
using System.Text.RegularExpressions;

namespace AttnPo.Core.Verification.Reference;

/// <summary>
/// Numbers as the published reward takes them from text: in double precision, with underscores between digits, and whole where they are
/// within 1e-7 of it.
/// </summary>
internal static partial class FloatText
{
    private const double Whole = 1e-7;

    /// <summary>The nearest whole number of a text that is one number, and a whole one.</summary>
    public static BigInteger? Nearest(string text) =>
        Value(text) is { } value && Math.Abs(value - Math.Round(value)) <= Whole ? new BigInteger(Math.Round(value)) : null;

    /// <summary>Whether a text is a whole number, perhaps with commas of thousands.</summary>
    public static bool IsWhole(string text) => Nearest(WithoutThousandsCommas(text)) is not null;

    /// <summary>The whole number in front of the decimal point, all commas left out; of a text that is a whole number.</summary>
    public static string Truncated(string text) =>
        Value(text.Replace(",", "", StringComparison.Ordinal)) is { } value
            ? new BigInteger(Math.Truncate(value)).ToString(CultureInfo.InvariantCulture) : text;

    /// <summary>1,234 as 1234; other commas stay.</summary>
    public static string WithoutThousandsCommas(string text)
    {
        while (true)
        {
            var next = ThousandsComma().Replace(text, "$1$2$3");
            if (next == text) return text;
            text = next;
        }
    }

    /// <summary>A finite number in double precision; null of any other text.</summary>
    private static double? Value(string text)
    {
        if (!Number().IsMatch(text)) return null;
        var value = double.Parse(text.Replace("_", "", StringComparison.Ordinal), NumberStyles.Float, CultureInfo.InvariantCulture);
        return double.IsFinite(value) ? value : null;
    }

    [GeneratedRegex(@"^\s*[+-]?([0-9](_?[0-9])*(\.([0-9](_?[0-9])*)?)?|\.[0-9](_?[0-9])*)([eE][+-]?[0-9](_?[0-9])*)?\s*\z")]
    private static partial Regex Number();

    [GeneratedRegex(@"([0-9]),([0-9]{3})($|[^0-9])")]
    private static partial Regex ThousandsComma();
}
