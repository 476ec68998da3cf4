using System.Numerics;
using System.Text;

namespace AttnPo.Core.Verification.Expressions;

/// <summary>
/// Writes expressions as polynomials over atoms: variables, pi, e, i, roots of primes, and whatever else has no parts that matter here,
/// by the normal form of its arguments. Equal normal forms are equal expressions; the converse holds for rational numbers and for
/// polynomials alone. Null where an expression is too large or no number.
/// </summary>
/// <param name="budget">Pays.</param>
/// <param name="unitsAreOne">As <see cref="Evaluator"/> has it.</param>
internal sealed partial class NormalForm(WorkBudget budget, bool unitsAreOne)
{
    private const int MostTerms = 500, LargestExpansion = 64;
    private const long MostBits = 1 << 16;

    private readonly Dictionary<string, int> _atoms = [];
    private readonly List<string> _keys = [];
    private readonly List<AtomKind> _kinds = [];

    private enum AtomKind
    {
        Variable,
        Prime,
        ImaginaryUnit,
        Opaque,
    }

    /// <summary>The normal form.</summary>
    public Polynomial? Of(Expression expression)
    {
        budget.Spend(10);
        return expression switch
        {
            Number number => Polynomial.Of(number.Value),
            Constant { Name: NamedConstant.Percent } => Polynomial.Of(unitsAreOne ? 1 : Rational.Of(1, 100)),
            Constant { Name: NamedConstant.Degree } => unitsAreOne ? Polynomial.Of(1) : Pi().Times(Rational.Of(1, 180)),
            Constant { Name: NamedConstant.I } => ImaginaryUnit(),
            Constant { Name: NamedConstant.Pi } => Pi(),
            Constant constant => Atom(constant.Name.ToString(), AtomKind.Opaque),
            Symbol symbol => Atom("$" + symbol.Name, AtomKind.Variable),
            Words words => Multiply(words.Text.Where(char.IsLetter).Select(letter => Atom("$" + letter, AtomKind.Variable))),
            Quantity quantity => Of(quantity.Value),
            Sum sum => AddUp(sum.Terms),
            Product product => Multiply(product.Factors.Select(Of)),
            Power power => Power(power.Base, power.Exponent),
            Ratio { Parts: [var a, var b] } => Quotient(a, b),
            Apply apply => Function(apply),
            _ => null,
        };
    }

    /// <summary>Whether an expression had no normal form for its size alone: then values to some digits do not decide either.</summary>
    public bool IsTooLarge { get; private set; }

    private Polynomial? TooMuch()
    {
        IsTooLarge = true;
        return null;
    }

    /// <summary>Whether all its atoms are variables with whole exponents from 0 on: then another normal form is another value.</summary>
    public bool IsDecisive(Polynomial polynomial) => polynomial.Terms.Keys.All(monomial => monomial.Factors.All(
        factor => _kinds[factor.Atom] == AtomKind.Variable && factor.Exponent is { IsInteger: true, Sign: > 0 }));

    // Transcendental, so as good as a variable: different polynomials in it with rational coefficients have different values.
    private Polynomial Pi() => Atom("Pi", AtomKind.Variable);

    private Polynomial ImaginaryUnit() => Atom("i", AtomKind.ImaginaryUnit);

    private Polynomial Atom(string key, AtomKind kind) => Polynomial.Of(new Monomial((Intern(key, kind), 1)), 1);

    private int Intern(string key, AtomKind kind)
    {
        budget.Spend(10 + (key.Length >> 3));
        if (_atoms.TryGetValue(key, out var atom)) return atom;
        _atoms[key] = _keys.Count;
        _keys.Add(key);
        _kinds.Add(kind);
        return _keys.Count - 1;
    }

    private Polynomial? AddUp(IReadOnlyList<Expression> terms)
    {
        if (OfEach(terms) is not { } summands) return null;
        var sum = Polynomial.Add(summands, budget);
        return sum.Terms.Count <= MostTerms ? sum : TooMuch();
    }

    private Polynomial[]? OfEach(IReadOnlyList<Expression> expressions)
    {
        var forms = new Polynomial[expressions.Count];
        for (var i = 0; i < forms.Length; i++)
        {
            if (Of(expressions[i]) is not { } form) return null;
            forms[i] = form;
        }
        return forms;
    }

    private Polynomial? Multiply(IEnumerable<Polynomial?> factors)
    {
        var product = Polynomial.Of(1);
        foreach (var factor in factors)
        {
            if (factor is null || Multiply(product, factor) is not { } next) return null;
            product = next;
        }
        return product;
    }

    private Polynomial? Multiply(Polynomial a, Polynomial b)
    {
        if ((long)a.Terms.Count * b.Terms.Count > 4 * MostTerms) return TooMuch();
        var terms = new Dictionary<Monomial, Rational>();
        foreach (var (left, leftCoefficient) in a.Terms)
            foreach (var (right, rightCoefficient) in b.Terms)
            {
                if (leftCoefficient.Bits + rightCoefficient.Bits > MostBits) return TooMuch();
                budget.SpendProduct(leftCoefficient.Bits, rightCoefficient.Bits);
                var coefficient = leftCoefficient * rightCoefficient;
                if (Merge(left, right, ref coefficient) is not { } monomial) return null;
                Polynomial.Add(terms, monomial, coefficient, budget);
            }
        return terms.Count <= MostTerms ? Polynomial.Of(terms) : TooMuch();
    }

    private Monomial? Merge(Monomial left, Monomial right, ref Rational coefficient)
    {
        var (a, b) = (left.Factors, right.Factors);
        if (a.Count == 0 && b.Count == 0) return Monomial.One;
        budget.Spend(30 + 15 * (a.Count + b.Count));
        var merged = new List<(int, Rational)>(a.Count + b.Count);
        for (int i = 0, j = 0; i < a.Count || j < b.Count;)
        {
            var (atom, exponent) = j == b.Count || (i < a.Count && a[i].Atom <= b[j].Atom) ? a[i++] : b[j++];
            if (j < b.Count && b[j].Atom == atom) exponent += b[j++].Exponent;
            if (!Reduce(atom, ref exponent, ref coefficient)) return null;
            if (!exponent.IsZero) merged.Add((atom, exponent));
        }
        return new Monomial([.. merged]);
    }

    /// <summary>
    /// Whole powers of primes belong to the coefficient, and of i none above the first is left. False where the coefficient would be too
    /// large.
    /// </summary>
    private bool Reduce(int atom, ref Rational exponent, ref Rational coefficient)
    {
        if (_kinds[atom] == AtomKind.Prime)
        {
            var whole = exponent.Floor();
            if (whole.IsZero) return true;
            var prime = (Rational)BigInteger.Parse(_keys[atom]);
            if (BigInteger.Abs(whole) * prime.Bits + coefficient.Bits > MostBits) return false;
            coefficient *= prime.Power((int)whole);
            exponent -= whole;
        }
        else if (_kinds[atom] == AtomKind.ImaginaryUnit && exponent.IsInteger)
        {
            var turns = QuarterTurns(exponent.Numerator);
            if (turns >= 2) coefficient = -coefficient;
            exponent = turns % 2;
        }
        return true;
    }

    /// <summary>What counts of the exponent of i: 0 to 3.</summary>
    private static int QuarterTurns(BigInteger exponent) => (int)(((exponent % 4) + 4) % 4);

    private Polynomial? Function(Apply apply)
    {
        if (apply is { Function: Apply.Root, Arguments: [var radicand, Number { Value: var degree }] })
            return degree.IsSmall(out var n) && n > 0 ? Power(radicand, new Number(Rational.Of(1, n))) : null;
        if (apply is { Function: "exp", Arguments: [var argument] }) return Power(new Constant(NamedConstant.E), argument);
        if (OfEach(apply.Arguments) is not { } values) return null;
        return Exact(apply.Function, values) is { } exact ? Polynomial.Of(exact) : Opaque(apply.Function, values);
    }

    private Rational? Exact(string function, Polynomial[] values)
    {
        if (values.Any(value => value.AsRational is null)) return null;
        Rational[] numbers = [.. values.Select(value => value.AsRational!.Value)];
        switch (function, numbers)
        {
            case (Apply.Abs, [var a]): return Magnitude(a);
            case ("floor", [var a]): return a.Floor();
            case ("ceil", [var a]): return -(-a).Floor();
            case (Apply.Factorial, [{ IsInteger: true } a]):
                budget.Spend(20_000);
                return KnownFunctions.Factorial(a.Numerator);
            case (Apply.Binomial, [{ IsInteger: true } n, { IsInteger: true } k]):
                budget.Spend(20_000);
                return KnownFunctions.Binomial(n.Numerator, k.Numerator);
            case ("mod", [{ IsInteger: true } a, { IsInteger: true, IsZero: false } b]):
                return a - b * (a / b).Floor();
            default: return null;
        }
    }

    private Polynomial? Opaque(string name, params Polynomial[] arguments)
    {
        var key = new StringBuilder(name).Append('(');
        foreach (var argument in arguments)
        {
            if (Key(argument) is not { } text) return null;
            key.Append(text).Append(',');
        }
        return Atom(key.Append(')').ToString(), AtomKind.Opaque);
    }

    /// <summary>
    /// The key of a polynomial without its content: the greatest common factor of its coefficients, with the sign of the first.
    /// </summary>
    private string? Primitive(Polynomial polynomial, out Rational content)
    {
        BigInteger over = 0, under = 1;
        content = 1;
        foreach (var coefficient in polynomial.Terms.Values)
        {
            if (under.GetBitLength() + coefficient.Bits > MostBits) return null;
            budget.SpendProduct(coefficient.Bits, under.GetBitLength());
            over = BigInteger.GreatestCommonDivisor(over, coefficient.Numerator);
            under = under / BigInteger.GreatestCommonDivisor(under, coefficient.Denominator) * coefficient.Denominator;
        }
        content = Rational.Of(over, under);
        if (polynomial.Terms.OrderBy(term => Key(term.Key), StringComparer.Ordinal).First().Value.Sign < 0) content = -content;
        return Key(polynomial.Times(Rational.One / content)) is { } key ? $"({key})" : null;
    }

    private string? Key(Polynomial polynomial)
    {
        var parts = polynomial.Terms.Select(term => $"{term.Value}{Key(term.Key)}").Order(StringComparer.Ordinal).ToArray();
        var length = parts.Sum(part => part.Length);
        budget.Spend(length);
        return length <= MostBits ? string.Join("+", parts) : null;
    }

    private string Key(Monomial monomial) =>
        string.Concat(monomial.Factors.Select(factor => $"*{_keys[factor.Atom]}^{factor.Exponent}").Order(StringComparer.Ordinal));
}
