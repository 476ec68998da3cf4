using System.Numerics;

namespace AttnPo.Core.Verification.Expressions;

/// <summary>A binary floating-point number of <see cref="Precision"/> bits: mantissa x 2^exponent, 0 with mantissa 0.</summary>
internal readonly struct BigFloat
{
    /// <summary>Bits of the mantissa: 57 decimal digits.</summary>
    public const int Precision = 192;

    private BigFloat(BigInteger mantissa, long exponent) => (Mantissa, Exponent) = (mantissa, exponent);

    public BigInteger Mantissa { get; }

    public long Exponent { get; }

    public static BigFloat Zero => default;

    public static BigFloat One { get; } = 1;

    public bool IsZero => Mantissa.IsZero;

    public int Sign => Mantissa.Sign;

    /// <summary>The least n with |value| below 2^n; of 0 far below all others.</summary>
    public long Magnitude => IsZero ? long.MinValue / 4 : Exponent + BigInteger.Abs(Mantissa).GetBitLength();

    /// <summary>Rounded to the precision, to the nearest.</summary>
    public static BigFloat Of(BigInteger mantissa, long exponent)
    {
        if (mantissa.IsZero) return default;
        var excess = BigInteger.Abs(mantissa).GetBitLength() - Precision;
        if (excess <= 0) return new(mantissa, exponent);
        var half = BigInteger.One << (int)(excess - 1);
        return new((mantissa + half) >> (int)excess, exponent + excess);
    }

    public static BigFloat Of(Rational value) => Of(value.Numerator, 0) / Of(value.Denominator, 0);

    public static implicit operator BigFloat(int value) => Of(value, 0);

    public static BigFloat operator -(BigFloat a) => new(-a.Mantissa, a.Exponent);

    public static BigFloat operator +(BigFloat a, BigFloat b)
    {
        if (a.IsZero) return b;
        if (b.IsZero) return a;
        if (a.Magnitude - b.Magnitude > Precision + 2) return a;
        if (b.Magnitude - a.Magnitude > Precision + 2) return b;
        var low = Math.Min(a.Exponent, b.Exponent);
        return Of((a.Mantissa << (int)(a.Exponent - low)) + (b.Mantissa << (int)(b.Exponent - low)), low);
    }

    public static BigFloat operator -(BigFloat a, BigFloat b) => a + -b;

    public static BigFloat operator *(BigFloat a, BigFloat b) => Of(a.Mantissa * b.Mantissa, a.Exponent + b.Exponent);

    /// <summary>A quotient; the divisor is not 0.</summary>
    public static BigFloat operator /(BigFloat a, BigFloat b)
    {
        var shift = Precision + 2 + (int)b.Mantissa.GetBitLength();
        return Of((a.Mantissa << shift) / b.Mantissa, a.Exponent - b.Exponent - shift);
    }

    public static BigFloat Abs(BigFloat a) => new(BigInteger.Abs(a.Mantissa), a.Exponent);

    public static int Compare(BigFloat a, BigFloat b) => (a - b).Sign;

    /// <summary>The square root of a number that is not negative.</summary>
    public static BigFloat Sqrt(BigFloat a)
    {
        if (a.IsZero) return a;
        var shift = 2 * Precision + 2 - (int)a.Mantissa.GetBitLength();
        if (((a.Exponent - shift) & 1) != 0) shift++;
        var square = a.Mantissa << Math.Max(0, shift);
        var exponent = a.Exponent - Math.Max(0, shift);
        if ((exponent & 1) != 0) (square, exponent) = (square << 1, exponent - 1);
        // Newton from above: the steps fall until they are at the whole root.
        var root = BigInteger.One << (int)((square.GetBitLength() + 1) / 2);
        while (true)
        {
            var next = (root + square / root) >> 1;
            if (next >= root) return Of(root, exponent / 2);
            root = next;
        }
    }

    /// <summary>The largest whole number that is not above it; only of numbers below 2^4096.</summary>
    public BigInteger Floor() => ToFixed(0);

    /// <summary>As a fixed-point number: value x 2^bits, rounded down.</summary>
    public BigInteger ToFixed(int bits)
    {
        var shift = Exponent + bits;
        if (shift >= 0) return Mantissa << (int)shift;
        // No mantissa is so long: of a tiny number the sign alone is left.
        if (shift < -(1 << 20)) return Sign < 0 ? -1 : 0;
        return Mantissa >> (int)-shift;
    }

    /// <summary>The nearest double; infinite beyond its range.</summary>
    public double ToDouble()
    {
        var excess = (int)Math.Max(0, BigInteger.Abs(Mantissa).GetBitLength() - 60);
        return Math.ScaleB((double)(long)(Mantissa >> excess), (int)Math.Clamp(Exponent + excess, -5000, 5000));
    }
}
