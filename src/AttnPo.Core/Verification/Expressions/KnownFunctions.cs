using System.Numerics;

namespace AttnPo.Core.Verification.Expressions;

/// <summary>Functions whose values are known.</summary>
internal static class KnownFunctions
{
    // Factorials beyond have more than four thousand bits.
    private const int LargestFactorial = 500;

    private static readonly Dictionary<string, Func<BigComplex, BigComplex?>> OfOne = new()
    {
        ["sin"] = a => BigComplex.SinCos(a)?.Sin,
        ["cos"] = a => BigComplex.SinCos(a)?.Cos,
        ["tan"] = a => BigComplex.SinCos(a) is var (sin, cos) ? Quotient(sin, cos) : null,
        ["cot"] = a => BigComplex.SinCos(a) is var (sin, cos) ? Quotient(cos, sin) : null,
        ["sec"] = a => BigComplex.SinCos(a) is var (_, cos) ? Quotient(BigComplex.One, cos) : null,
        ["csc"] = a => BigComplex.SinCos(a) is var (sin, _) ? Quotient(BigComplex.One, sin) : null,
        ["arcsin"] = BigComplex.Asin,
        ["arccos"] = a => BigComplex.Asin(a) is { } angle ? BigFunctions.Pi / 2 - angle : null,
        ["arctan"] = BigComplex.Atan,
        ["arccot"] = a => BigComplex.Atan(a) is { } angle ? BigFunctions.Pi / 2 - angle : null,
        ["sinh"] = a => Hyperbolic(a)?.Sinh,
        ["cosh"] = a => Hyperbolic(a)?.Cosh,
        ["tanh"] = a => Hyperbolic(a) is var (sinh, cosh) ? Quotient(sinh, cosh) : null,
        ["coth"] = a => Hyperbolic(a) is var (sinh, cosh) ? Quotient(cosh, sinh) : null,
        ["exp"] = BigComplex.Exp,
        ["ln"] = BigComplex.Log,
        ["lg"] = a => Logarithm(a, (BigFloat)10),
        [Apply.Log] = a => Logarithm(a, (BigFloat)10),
        [Apply.Abs] = a => BigComplex.Abs(a),
        ["Re"] = a => a.Re,
        ["Im"] = a => a.Im,
        ["conj"] = a => new BigComplex(a.Re, -a.Im),
        ["sgn"] = a => a.IsReal ? (BigComplex?)(BigFloat)a.Re.Sign : null,
        ["floor"] = a => Rounded(a, Floor),
        ["ceil"] = a => Rounded(a, value => -Floor(-value)),
        [Apply.Factorial] = Factorial,
    };

    private static readonly Dictionary<string, Func<BigComplex[], BigComplex?>> OfMany = new()
    {
        [Apply.Log] = values => values is [var a, var b] ? Logarithm(a, b) : null,
        [Apply.Root] = values => values is [var a, { IsZero: false } n] && BigComplex.Log(a) is { } log ? BigComplex.Exp(log / n) : null,
        [Apply.Binomial] = values => values is [var n, var k] ? Binomial(n, k) : null,
        ["mod"] = values => values is [{ IsReal: true } a, { IsReal: true, IsZero: false } b] ? a.Re - Floor(a.Re / b.Re) * b.Re : null,
        ["max"] = values => Extreme(values, 1),
        ["min"] = values => Extreme(values, -1),
        ["gcd"] = values => Folded(values, BigInteger.GreatestCommonDivisor),
        ["lcm"] = values => Folded(values, LeastCommonMultiple),
    };

    /// <summary>Whether a name with so many arguments is known.</summary>
    public static bool Has(string name, int arguments) =>
        (arguments == 1 && OfOne.ContainsKey(name)) || (arguments > 1 && OfMany.ContainsKey(name));

    /// <summary>The value; null where there is none.</summary>
    public static BigComplex? Value(string name, BigComplex[] arguments, WorkBudget budget)
    {
        if (name is Apply.Factorial or Apply.Binomial) budget.Spend(20_000);
        if (arguments.Any(argument => argument.Magnitude > 1 << 20)) return null;
        return arguments is [var only] ? OfOne[name](only) : OfMany[name](arguments);
    }

    /// <summary>Whether a name is that of a function written without a backslash too.</summary>
    public static bool IsName(string word) => OfOne.ContainsKey(word) || word is "max" or "min" or "gcd" or "lcm" or "sqrt";

    /// <summary>n!, of a whole number from 0 on that is not too large.</summary>
    public static BigInteger? Factorial(BigInteger n)
    {
        if (n.Sign < 0 || n > LargestFactorial) return null;
        var product = BigInteger.One;
        for (var i = 2; i <= (int)n; i++) product *= i;
        return product;
    }

    /// <summary>n over k, of whole numbers that are not too large.</summary>
    public static BigInteger? Binomial(BigInteger n, BigInteger k)
    {
        if (n.Sign < 0 || k.Sign < 0 || n > 1_000_000) return null;
        if (k > n) return 0;
        k = BigInteger.Min(k, n - k);
        if (k > LargestFactorial) return null;
        var result = BigInteger.One;
        for (var i = 1; i <= (int)k; i++) result = result * (n - k + i) / i;
        return result;
    }

    private static BigComplex? Quotient(BigComplex a, BigComplex b) => b.Magnitude < -BigFloat.Precision / 2 ? null : a / b;

    private static BigComplex? Logarithm(BigComplex value, BigComplex @base) =>
        BigComplex.Log(value) is { } log && BigComplex.Log(@base) is { IsZero: false } unit ? log / unit : null;

    private static (BigComplex Sinh, BigComplex Cosh)? Hyperbolic(BigComplex a)
    {
        if (BigComplex.Exp(a) is not { IsZero: false } up) return null;
        var down = BigComplex.One / up;
        return ((up - down) / (BigFloat)2, (up + down) / (BigFloat)2);
    }

    private static BigComplex? Rounded(BigComplex value, Func<BigFloat, BigFloat> round) =>
        value is { IsReal: true, Re.Magnitude: < 4096 } ? round(value.Re) : null;

    private static BigFloat Floor(BigFloat value)
    {
        // What should be whole may have come out a little below.
        var nearest = BigFloat.Of((value + BigFloat.Of(1, -1)).Floor(), 0);
        return (nearest - value).Magnitude < -BigFloat.Precision / 2 ? nearest : BigFloat.Of(value.Floor(), 0);
    }

    private static BigInteger? Whole(BigComplex value)
    {
        if (value is not { IsReal: true, Re.Magnitude: < 4096 }) return null;
        var floor = Floor(value.Re);
        return (floor - value.Re).Magnitude < -BigFloat.Precision / 2 ? floor.Floor() : null;
    }

    private static BigComplex? Factorial(BigComplex value) =>
        Whole(value) is { } n && Factorial(n) is { } product ? BigFloat.Of(product, 0) : null;

    private static BigComplex? Binomial(BigComplex n, BigComplex k) =>
        Whole(n) is { } over && Whole(k) is { } under && Binomial(over, under) is { } count ? BigFloat.Of(count, 0) : null;

    private static BigComplex? Extreme(BigComplex[] values, int sign)
    {
        if (values.Any(value => !value.IsReal)) return null;
        return values.Select(value => value.Re).Aggregate((a, b) => BigFloat.Compare(a, b) * sign >= 0 ? a : b);
    }

    private static BigInteger LeastCommonMultiple(BigInteger a, BigInteger b) =>
        a.IsZero || b.IsZero ? 0 : BigInteger.Abs(a * b) / BigInteger.GreatestCommonDivisor(a, b);

    private static BigComplex? Folded(BigComplex[] values, Func<BigInteger, BigInteger, BigInteger> fold)
    {
        var whole = values.Select(Whole).ToArray();
        return whole.All(value => value is not null) ? BigFloat.Of(whole.Select(value => value!.Value).Aggregate(fold), 0) : null;
    }
}
