using System.Globalization;
using System.Text.RegularExpressions;

namespace AttnPo.Core.Verification.Code;

/// <summary>The exact value of a decimal number of any length: digits without zeros at their ends, times a power of ten.</summary>
/// <param name="IsNegative">False for zero.</param>
/// <param name="Digits">Empty for zero.</param>
/// <param name="Exponent">Of ten, 0 for zero.</param>
internal readonly partial record struct DecimalValue(bool IsNegative, string Digits, long Exponent)
{
    /// <summary>
    /// The value of a text: digits with or without sign, point and exponent (of up to nine digits); null for anything else.
    /// </summary>
    public static DecimalValue? Parse(string text)
    {
        if (Form().Match(text) is not { Success: true } match) return null;
        var (whole, fraction) = (match.Groups["whole"].Value, match.Groups["fraction"].Value);
        if (whole.Length + fraction.Length == 0) return null;
        var all = (whole + fraction).TrimStart('0');
        var digits = all.TrimEnd('0');
        if (digits.Length == 0) return new DecimalValue(false, "", 0);
        var exponent = match.Groups["exponent"] is { Success: true } given
            ? long.Parse(given.Value, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture) : 0;
        return new DecimalValue(text[0] == '-', digits, exponent - fraction.Length + (all.Length - digits.Length));
    }

    [GeneratedRegex(@"^[+-]?(?<whole>[0-9]*)(?:\.(?<fraction>[0-9]*))?(?:[eE](?<exponent>[+-]?[0-9]{1,9}))?\z")]
    private static partial Regex Form();
}
