using System.Globalization;
using System.Numerics;
using AttnPo.Core.Verification.Expressions;

namespace AttnPo.Core.Verification.Reference;

/// <summary>
/// Numbers as the published reward's algebra system calculates with them: exact, but in double precision once a decimal fraction is among
/// them. A decimal fraction stands here for exactly what is written, for it equals the fraction that rounds to it; the result of a
/// calculation stands for its double where that is not the nearest one to the exact result: 0.1 + 0.2 is not 0.3, nor 3 / 5.0 3/5.
/// </summary>
internal static class FloatArithmetic
{
    // Literals of more digits have a higher precision, and are calculated with exactly.
    private const int DigitsOfDouble = 15, LargestExponent = 300, MostBits = 1 << 14;

    /// <summary>Whether a number was written with a point or an exponent, or comes from one that was.</summary>
    public static bool IsFloat(Number number) => number.Digits > 0;

    /// <summary>A literal; its <see cref="Number.Digits"/> are 0 where it is a whole number.</summary>
    /// <exception cref="UnreadableException">Its exponent is beyond measure.</exception>
    public static Number Read(string literal)
    {
        var exponentAt = literal.AsSpan().IndexOfAny('e', 'E');
        var (mantissa, exponent) = exponentAt < 0 ? (literal, "0") : (literal[..exponentAt], literal[(exponentAt + 1)..]);
        if (!int.TryParse(exponent, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var power) || Math.Abs(power) > LargestExponent)
            throw new UnreadableException("too large an exponent");
        var point = mantissa.IndexOf('.', StringComparison.Ordinal);
        var decimals = point < 0 ? 0 : mantissa.Length - point - 1;
        var digits = mantissa.Replace(".", "", StringComparison.Ordinal);
        var value = (Rational)BigInteger.Parse(digits, CultureInfo.InvariantCulture) * ((Rational)10).Power(power - decimals);
        return new Number(value, point < 0 && exponentAt < 0 ? 0 : Math.Max(1, digits.TrimStart('0').Length));
    }

    public static Number Sum(Number a, Number b) => Result(a, b, a.Value + b.Value, (x, y) => x + y);

    public static Number Product(Number a, Number b) => Result(a, b, a.Value * b.Value, (x, y) => x * y);

    /// <summary>A quotient; the divisor is not 0. An exact number is multiplied by the reciprocal of a decimal fraction.</summary>
    public static Number Quotient(Number a, Number b) => Result(a, b, a.Value / b.Value, (x, y) => IsFloat(a) ? x / y : x * (1 / y));

    /// <summary>A power where one of both is a decimal fraction; as it stands where it is no rational number of sensible size.</summary>
    public static Expression Power(Number @base, Number exponent) =>
        exponent.Value.IsSmall(out var whole) && @base.Value.Bits * Math.Abs((long)whole) <= MostBits && !@base.Value.IsZero
            ? Result(@base, exponent, @base.Value.Power(whole), Math.Pow) : new Power(@base, exponent);

    private static Number Result(Number a, Number b, Rational exact, Func<double, double, double> calculate)
    {
        if (!IsFloat(a) && !IsFloat(b)) return new Number(exact);
        var digits = Math.Max(a.Digits, b.Digits);
        if (digits > DigitsOfDouble) return new Number(exact, digits);
        var result = calculate(Double(a.Value), Double(b.Value));
        return new Number(!double.IsFinite(result) || result == Double(exact) ? exact : Exact(result), digits);
    }

    private static double Double(Rational value) => (double)value.Numerator / (double)value.Denominator;

    private static Rational Exact(double value)
    {
        var bits = BitConverter.DoubleToInt64Bits(value);
        var exponent = (int)((bits >> 52) & 0x7FF);
        var mantissa = bits & 0xFFFFFFFFFFFFF;
        var magnitude = (Rational)(BigInteger)(exponent == 0 ? mantissa : mantissa | 1L << 52) * ((Rational)2).Power(Math.Max(exponent, 1) - 1075);
        return value < 0 ? -magnitude : magnitude;
    }
}
