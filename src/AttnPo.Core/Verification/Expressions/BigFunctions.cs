using System.Numerics;

namespace AttnPo.Core.Verification.Expressions;

/// <summary>
/// Elementary functions of real numbers to the precision of <see cref="BigFloat"/>: reduced to small arguments, then their Taylor series
/// in fixed-point.
/// </summary>
internal static class BigFunctions
{
    private const int Bits = BigFloat.Precision + 64;

    private static readonly BigInteger One = BigInteger.One << Bits;
    private static readonly BigInteger PiFixed = 16 * ArcTangentOfInverse(5, -1) - 4 * ArcTangentOfInverse(239, -1);
    private static readonly BigInteger Ln2Fixed = 2 * ArcTangentOfInverse(3, 1);

    /// <summary>Arguments of sine and cosine at or above 2^this lose all their digits.</summary>
    public const int LargestAngle = 40;

    /// <summary>Exponential functions of arguments at or above 2^this leave the range of exponents.</summary>
    public const int LargestExponent = 40;

    public static BigFloat Pi { get; } = BigFloat.Of(PiFixed, -Bits);

    /// <summary>e^x, for |x| below 2^<see cref="LargestExponent"/>.</summary>
    public static BigFloat Exp(BigFloat x)
    {
        ArgumentOutOfRangeException.ThrowIfGreaterThan(x.Magnitude, LargestExponent);
        if (x.IsZero || x.Magnitude < -Bits) return BigFloat.One;
        // x = k ln 2 + r, and e^r = (e^(r / 2^8))^(2^8).
        const int Halvings = 8;
        var k = BigInteger.DivRem(x.ToFixed(Bits), Ln2Fixed, out var r);
        r >>= Halvings;
        BigInteger sum = One, term = One;
        for (var n = 1; !term.IsZero && n < 200; n++)
        {
            term = (term * r >> Bits) / n;
            sum += term;
        }
        for (var i = 0; i < Halvings; i++) sum = sum * sum >> Bits;
        return BigFloat.Of(sum, (long)k - Bits);
    }

    /// <summary>The natural logarithm of a positive number.</summary>
    public static BigFloat Log(BigFloat x)
    {
        // x = m 2^k with m in [1/2, 1): a double for m, made exact by Halley's iteration, which triples the digits.
        var k = x.Magnitude;
        var m = BigFloat.Of(x.Mantissa, x.Exponent - k);
        var y = OfDouble(Math.Log(m.ToDouble()));
        for (var i = 0; i < 2; i++)
        {
            var power = Exp(y);
            y += 2 * (m - power) / (m + power);
        }
        return y + BigFloat.Of(Ln2Fixed * k, -Bits);
    }

    /// <summary>Sine and cosine, for |x| below 2^<see cref="LargestAngle"/>.</summary>
    public static (BigFloat Sin, BigFloat Cos) SinCos(BigFloat x)
    {
        var half = PiFixed >> 1;
        var angle = x.ToFixed(Bits);
        var quarter = BigInteger.Divide(angle + (angle.Sign < 0 ? -(half >> 1) : half >> 1), half);
        var r = angle - quarter * half;
        var square = r * r >> Bits;
        BigInteger sin = r, cos = One, term = r, even = One;
        for (var n = 1; n < 120 && (!term.IsZero || !even.IsZero); n++)
        {
            even = -(even * square >> Bits) / ((2 * n - 1) * (2 * n));
            term = -(term * square >> Bits) / (2 * n * (2 * n + 1));
            cos += even;
            sin += term;
        }
        var (s, c) = (BigFloat.Of(sin, -Bits), BigFloat.Of(cos, -Bits));
        return ((int)(quarter % 4) & 3) switch
        {
            0 => (s, c),
            1 => (c, -s),
            2 => (-s, -c),
            _ => (-c, s),
        };
    }

    /// <summary>The arc tangent.</summary>
    public static BigFloat Atan(BigFloat x)
    {
        if (x.Magnitude > BigFloat.Precision) return x.Sign * (Pi / 2);
        // atan x = 2 atan(x / (1 + sqrt(1 + x^2))), until the argument is small.
        var halvings = 0;
        for (; x.Magnitude > -4; halvings++) x /= BigFloat.One + BigFloat.Sqrt(BigFloat.One + x * x);
        var fixedX = x.ToFixed(Bits);
        var square = fixedX * fixedX >> Bits;
        BigInteger sum = fixedX, power = fixedX;
        for (var n = 1; !power.IsZero && n < 200; n++)
        {
            power = -(power * square >> Bits);
            sum += power / (2 * n + 1);
        }
        // Of a tiny argument the fixed point keeps few digits: it is its own arc tangent there.
        var small = x.Magnitude < -BigFloat.Precision / 2 ? x : BigFloat.Of(sum, -Bits);
        return BigFloat.Of(small.Mantissa, small.Exponent + halvings);
    }

    /// <summary>The angle of a point, from -pi to pi; of the origin 0.</summary>
    public static BigFloat Atan2(BigFloat y, BigFloat x)
    {
        if (x.IsZero) return y.IsZero ? BigFloat.Zero : y.Sign * (Pi / 2);
        var angle = Atan(y / x);
        return x.Sign > 0 ? angle : y.Sign < 0 ? angle - Pi : angle + Pi;
    }

    private static BigFloat OfDouble(double value)
    {
        var exponent = Math.ILogB(value == 0 ? 1 : value) - 52;
        return BigFloat.Of(new BigInteger(Math.ScaleB(value, -exponent)), exponent);
    }

    /// <summary>The arc tangent of 1 / n, or with the sign 1 the hyperbolic one: the sum of sign^k / ((2k + 1) n^(2k + 1)).</summary>
    private static BigInteger ArcTangentOfInverse(int n, int sign)
    {
        BigInteger term = One / n, sum = term;
        for (var k = 1; !term.IsZero; k++)
        {
            term /= sign * n * n;
            sum += term / (2 * k + 1);
        }
        return sum;
    }
}
