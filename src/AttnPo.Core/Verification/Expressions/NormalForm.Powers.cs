using System.Numerics;

namespace AttnPo.Core.Verification.Expressions;

/// <summary>Inverses, powers, and roots of numbers over roots of primes.</summary>
internal sealed partial class NormalForm
{
    private Polynomial? Quotient(Expression a, Expression b) =>
        Of(a) is { } over && Of(b) is { } under && Inverse(under) is { } inverse ? Multiply(over, inverse) : null;

    private Polynomial? Inverse(Polynomial polynomial)
    {
        if (polynomial.Terms.Count == 0) return null;
        if (polynomial.Terms.Count == 1)
        {
            var (monomial, coefficient) = polynomial.Terms.Single();
            return Term(monomial, -1, Rational.One / coefficient);
        }
        return Primitive(polynomial, out var content) is { } key
            ? Polynomial.Of(new Monomial((Intern(key, AtomKind.Opaque), -1)), Rational.One / content) : null;
    }

    /// <summary>A monomial to an exponent that is not 0, times a coefficient.</summary>
    private Polynomial? Term(Monomial monomial, int exponent, Rational coefficient)
    {
        var raised = new Monomial([.. monomial.Factors.Select(factor => (factor.Atom, factor.Exponent * exponent))]);
        return Merge(Monomial.One, raised, ref coefficient) is { } merged ? Polynomial.Of(merged, coefficient) : null;
    }

    private Polynomial? Power(Expression @base, Expression exponent)
    {
        if (Of(@base) is not { } value || Of(exponent) is not { } power) return null;
        if (power.AsRational is not { } rational)
            return @base is Constant { Name: NamedConstant.E } ? Opaque("exp", power) : Opaque("^", value, power);
        if (rational.IsInteger) return rational.IsSmall(out var whole) ? WholePower(value, whole) : null;
        return rational.Numerator.GetBitLength() < 16 && rational.Denominator <= 64 ? RationalPower(value, rational) : null;
    }

    private Polynomial? WholePower(Polynomial value, int exponent)
    {
        if (exponent == 0) return Polynomial.Of(1);
        if (exponent < 0) return Inverse(value) is { } inverse ? WholePower(inverse, -exponent) : null;
        if (value.Terms.Count == 0) return value;
        if (value.Terms.Count == 1)
        {
            var (monomial, coefficient) = value.Terms.Single();
            if (coefficient.IsOne) return Term(monomial, exponent, coefficient);
            var bits = coefficient.Bits * exponent;
            if (bits > MostBits) return TooMuch();
            budget.SpendProduct(bits, bits);
            return Term(monomial, exponent, coefficient.Power(exponent));
        }
        if (exponent <= LargestExpansion) return Multiply(Enumerable.Repeat(value, exponent));
        if (Primitive(value, out var content) is not { } key || content.Bits * exponent > MostBits) return TooMuch();
        return Polynomial.Of(new Monomial((Intern(key, AtomKind.Opaque), exponent)), content.Power(exponent));
    }

    private Polynomial? RationalPower(Polynomial value, Rational exponent)
    {
        if (value.AsRational is { } number) return RootOf(number, exponent);
        if (AtomOf(value) is { } atom && _kinds[atom] != AtomKind.ImaginaryUnit) return Polynomial.Of(new Monomial((atom, exponent)), 1);
        if (Primitive(value, out var content) is not { } key || RootOf(Magnitude(content), exponent) is not { } scale) return null;
        // A negative content stays inside: whether the root of -1 can come out depends on the sign of the rest.
        var inner = Intern(content.Sign < 0 ? "-" + key : key, AtomKind.Opaque);
        return Multiply(scale, Polynomial.Of(new Monomial((inner, exponent)), 1));
    }

    /// <summary>The atom that a polynomial consists of; null where it is more than one.</summary>
    private static int? AtomOf(Polynomial value) => value.Terms.Count == 1
        && value.Terms.Single() is { Value.IsOne: true, Key.Factors: [(var atom, { IsOne: true })] } ? atom : null;

    private static Rational Magnitude(Rational value) => value.Sign < 0 ? -value : value;

    /// <summary>A power of a number, over roots of primes; the odd root of a negative number is the negative one.</summary>
    private Polynomial? RootOf(Rational number, Rational exponent)
    {
        if (number.IsZero) return exponent.Sign > 0 ? Polynomial.Zero : null;
        if (number.Bits > 4096) return TooMuch();
        if ((number.Sign > 0 ? Polynomial.Of(1) : RootOfMinusOne(exponent)) is not { } sign) return null;
        if (Primes(BigInteger.Abs(number.Numerator)).Concat(Primes(number.Denominator)).Any(factor => factor.Prime.GetBitLength() > LargestPrime))
            return TooMuch();
        var roots = Primes(BigInteger.Abs(number.Numerator)).Select(factor => RootOfPrime(factor.Prime, factor.Times * exponent))
            .Concat(Primes(number.Denominator).Select(factor => RootOfPrime(factor.Prime, -factor.Times * exponent)));
        return Multiply(roots.Prepend(sign));
    }

    private Polynomial? RootOfMinusOne(Rational exponent)
    {
        if (!exponent.Denominator.IsEven) return Polynomial.Of(exponent.Numerator.IsEven ? 1 : -1);
        return exponent.Denominator == 2 ? WholePower(ImaginaryUnit(), QuarterTurns(exponent.Numerator)) : null;
    }

    private Polynomial? RootOfPrime(BigInteger prime, Rational exponent)
    {
        var coefficient = Rational.One;
        var atom = Intern(prime.ToString(), AtomKind.Prime);
        if (!Reduce(atom, ref exponent, ref coefficient)) return null;
        return Polynomial.Of(exponent.IsZero ? Monomial.One : new Monomial((atom, exponent)), coefficient);
    }

    // Its root would differ from a number beside it by less than values tell.
    private const int LargestPrime = 128;

    /// <summary>Prime factors below a thousand, and what is left as if it were one, or one's square.</summary>
    private List<(BigInteger Prime, int Times)> Primes(BigInteger number)
    {
        var factors = new List<(BigInteger, int)>();
        for (var p = 2; p < 1000 && !number.IsOne; p += p == 2 ? 1 : 2)
        {
            budget.Spend(2);
            if ((BigInteger)p * p > number) break;
            var times = 0;
            while (BigInteger.Remainder(number, p).IsZero) (number, times) = (number / p, times + 1);
            if (times > 0) factors.Add((p, times));
        }
        if (number.IsOne) return factors;
        var root = BigFloat.Sqrt(BigFloat.Of(number, 0)).Floor();
        factors.Add(root * root == number ? (root, 2) : (number, 1));
        return factors;
    }
}
