namespace AttnPo.Core.Verification.Expressions;

/// <summary>Atoms with their exponents, in the order of the atoms; no exponent is 0.</summary>
internal sealed class Monomial(params (int Atom, Rational Exponent)[] factors) : IEquatable<Monomial>
{
    public static Monomial One { get; } = new();

    public IReadOnlyList<(int Atom, Rational Exponent)> Factors => factors;

    public bool Equals(Monomial? other) => other is not null && factors.AsSpan().SequenceEqual(other.Factors as (int, Rational)[]);

    public override bool Equals(object? obj) => Equals(obj as Monomial);

    public override int GetHashCode()
    {
        var hash = new HashCode();
        foreach (var factor in factors) hash.Add(factor);
        return hash.ToHashCode();
    }
}

/// <summary>A sum of monomials with rational coefficients, none of them 0. Not changed once it is made.</summary>
internal sealed class Polynomial
{
    private readonly Dictionary<Monomial, Rational> _terms;

    private Polynomial(Dictionary<Monomial, Rational> terms) => _terms = terms;

    public static Polynomial Zero { get; } = new([]);

    public IReadOnlyDictionary<Monomial, Rational> Terms => _terms;

    /// <summary>Its value where it is a rational number.</summary>
    public Rational? AsRational => _terms.Count switch
    {
        0 => Rational.Zero,
        1 when _terms.TryGetValue(Monomial.One, out var value) => value,
        _ => null,
    };

    public static Polynomial Of(Rational value) => Of(Monomial.One, value);

    public static Polynomial Of(Monomial monomial, Rational coefficient) =>
        coefficient.IsZero ? Zero : new(new() { [monomial] = coefficient });

    /// <summary>A sum.</summary>
    public static Polynomial Add(IEnumerable<Polynomial> summands, WorkBudget budget)
    {
        var terms = new Dictionary<Monomial, Rational>();
        foreach (var summand in summands)
            foreach (var (monomial, coefficient) in summand._terms) Add(terms, monomial, coefficient, budget);
        return new(terms);
    }

    /// <summary>Adds a term to a sum in the making.</summary>
    public static void Add(Dictionary<Monomial, Rational> terms, Monomial monomial, Rational coefficient, WorkBudget budget)
    {
        var sum = terms.TryGetValue(monomial, out var before) ? before + coefficient : coefficient;
        budget.Spend(20 + (sum.Bits >> 6));
        if (sum.IsZero) terms.Remove(monomial);
        else terms[monomial] = sum;
    }

    /// <summary>Of terms that were summed with <see cref="Add(Dictionary{Monomial, Rational}, Monomial, Rational, WorkBudget)"/>.</summary>
    public static Polynomial Of(Dictionary<Monomial, Rational> terms) => new(terms);

    /// <summary>Times a number.</summary>
    public Polynomial Times(Rational factor) =>
        factor.IsZero ? Zero : new(_terms.ToDictionary(term => term.Key, term => term.Value * factor));

    public bool SameAs(Polynomial other) =>
        _terms.Count == other._terms.Count && _terms.All(term => other._terms.TryGetValue(term.Key, out var value) && value == term.Value);
}
