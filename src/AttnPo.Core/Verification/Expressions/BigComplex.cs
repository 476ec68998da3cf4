namespace AttnPo.Core.Verification.Expressions;

/// <summary>A complex number of high precision. Functions take the principal branch; null stands for "not defined".</summary>
internal readonly record struct BigComplex(BigFloat Re, BigFloat Im)
{
    public static BigComplex Zero => default;

    public static BigComplex One { get; } = BigFloat.One;

    public static BigComplex I { get; } = new(BigFloat.Zero, BigFloat.One);

    public bool IsReal => Im.IsZero;

    public bool IsZero => Re.IsZero && Im.IsZero;

    /// <summary>The least n with both parts below 2^n.</summary>
    public long Magnitude => Math.Max(Re.Magnitude, Im.Magnitude);

    public static implicit operator BigComplex(BigFloat value) => new(value, BigFloat.Zero);

    public static BigComplex operator -(BigComplex a) => new(-a.Re, -a.Im);

    public static BigComplex operator +(BigComplex a, BigComplex b) => new(a.Re + b.Re, a.Im + b.Im);

    public static BigComplex operator -(BigComplex a, BigComplex b) => new(a.Re - b.Re, a.Im - b.Im);

    public static BigComplex operator *(BigComplex a, BigComplex b) => a.IsReal && b.IsReal
        ? a.Re * b.Re
        : new BigComplex(a.Re * b.Re - a.Im * b.Im, a.Re * b.Im + a.Im * b.Re);

    /// <summary>A quotient; the divisor is not 0.</summary>
    public static BigComplex operator /(BigComplex a, BigComplex b)
    {
        if (b.IsReal) return new(a.Re / b.Re, a.Im / b.Re);
        var square = b.Re * b.Re + b.Im * b.Im;
        var product = a * new BigComplex(b.Re, -b.Im);
        return new(product.Re / square, product.Im / square);
    }

    public static BigFloat Abs(BigComplex a) => a.IsReal ? BigFloat.Abs(a.Re) : BigFloat.Sqrt(a.Re * a.Re + a.Im * a.Im);

    public static BigComplex? Exp(BigComplex a)
    {
        if (a.Re.Magnitude >= BigFunctions.LargestExponent || a.Im.Magnitude >= BigFunctions.LargestAngle) return null;
        var scale = BigFunctions.Exp(a.Re);
        if (a.IsReal) return scale;
        var (sin, cos) = BigFunctions.SinCos(a.Im);
        return new(scale * cos, scale * sin);
    }

    public static BigComplex? Log(BigComplex a)
    {
        if (a.IsZero) return null;
        if (a is { IsReal: true, Re.Sign: > 0 }) return BigFunctions.Log(a.Re);
        return new(BigFunctions.Log(Abs(a)), BigFunctions.Atan2(a.Im, a.Re));
    }

    public static BigComplex Sqrt(BigComplex a)
    {
        if (a.IsReal) return a.Re.Sign >= 0 ? BigFloat.Sqrt(a.Re) : new BigComplex(BigFloat.Zero, BigFloat.Sqrt(-a.Re));
        var abs = Abs(a);
        // Of the two parts the one that is a sum loses no digits; the other is its quotient.
        if (a.Re.Sign >= 0)
        {
            var re = BigFloat.Sqrt((abs + a.Re) / 2);
            return new(re, a.Im / (2 * re));
        }
        var im = BigFloat.Sqrt((abs - a.Re) / 2);
        return a.Im.Sign >= 0 ? new(a.Im / (2 * im), im) : new(-a.Im / (2 * im), -im);
    }

    public static (BigComplex Sin, BigComplex Cos)? SinCos(BigComplex a)
    {
        if (a.Re.Magnitude >= BigFunctions.LargestAngle || a.Im.Magnitude >= BigFunctions.LargestExponent) return null;
        var (sin, cos) = BigFunctions.SinCos(a.Re);
        if (a.IsReal) return (sin, cos);
        var up = BigFunctions.Exp(a.Im);
        var down = BigFloat.One / up;
        BigFloat cosh = (up + down) / 2, sinh = (up - down) / 2;
        return (new(sin * cosh, cos * sinh), new(cos * cosh, -(sin * sinh)));
    }

    /// <summary>arctan a = (ln(1 + ia) - ln(1 - ia)) / 2i; not defined at i and -i.</summary>
    public static BigComplex? Atan(BigComplex a)
    {
        if (a.IsReal) return BigFunctions.Atan(a.Re);
        if (Log(One + I * a) is not { } plus || Log(One - I * a) is not { } minus) return null;
        return (plus - minus) / (I + I);
    }

    /// <summary>arcsin a = -i ln(ia + sqrt(1 - a^2)).</summary>
    public static BigComplex? Asin(BigComplex a)
    {
        var root = Sqrt(One - a * a);
        if (a.IsReal && root.IsReal) return BigFunctions.Atan2(a.Re, root.Re);
        return Log(I * a + root) is { } log ? -(I * log) : null;
    }

    /// <summary>A whole power, by squaring; null for 0 to a negative one, and beyond the range.</summary>
    public static BigComplex? Power(BigComplex a, int exponent)
    {
        if (a.IsZero && exponent < 0) return null;
        if (Math.Abs(a.Magnitude) > (1L << 50) / Math.Max(1L, Math.Abs((long)exponent))) return null;
        var (result, square) = (One, a);
        for (var n = Math.Abs((long)exponent); n > 0; n >>= 1, square *= square)
            if ((n & 1) == 1) result *= square;
        return exponent >= 0 ? result : result.IsZero ? null : One / result;
    }
}
