namespace AttnPo.Core.Verification.Expressions;

/// <summary>
/// The value of an expression at a point, to high precision. What is not a number (a set, words, a division by 0) has none.
/// </summary>
/// <param name="point">Gives variables their values.</param>
/// <param name="budget">Pays.</param>
/// <param name="unitsAreOne">Whether degrees and percent signs count as mere units.</param>
internal sealed class Evaluator(Func<string, BigComplex> point, WorkBudget budget, bool unitsAreOne)
{
    // A function on 192 bits takes some 10 to 40 microseconds, one operation some hundred nanoseconds.
    private const int FunctionCost = 4000, OperationCost = 80;
    private const int LargestUnrolling = 1000, Noise = 150;

    private readonly Dictionary<string, BigComplex> _bound = [];

    /// <summary>Whether a root, a logarithm or the like of a real number was not real.</summary>
    public bool LeftReals { get; private set; }

    /// <summary>The magnitude of the largest term met: digits below it are noise.</summary>
    public long LargestTerm { get; private set; } = long.MinValue / 4;

    /// <summary>The value, or null.</summary>
    public BigComplex? Value(Expression expression)
    {
        budget.Spend(OperationCost);
        return expression switch
        {
            Number number => BigFloat.Of(number.Value),
            Constant constant => Value(constant.Name),
            Symbol symbol => _bound.TryGetValue(symbol.Name, out var bound) ? bound : point(symbol.Name),
            Words words => Product(words.Text.Where(char.IsLetter).Select(letter => (BigComplex?)point(letter.ToString()))),
            Quantity quantity => Value(quantity.Value),
            Sum sum => AddUp(sum.Terms),
            Product product => Product(product.Factors.Select(Value)),
            Power power => Power(power),
            Ratio { Parts: [var a, var b] } => Quotient(a, b),
            Apply apply => Function(apply),
            Binder binder => Bound(binder),
            Sequence { Kind: SequenceKind.List, Items: [var only] } => Value(only),
            _ => null,
        };
    }

    private BigComplex? Value(NamedConstant constant) => constant switch
    {
        NamedConstant.Pi => BigFunctions.Pi,
        NamedConstant.E => BigFunctions.Exp(BigFloat.One),
        NamedConstant.I => BigComplex.I,
        NamedConstant.Degree => unitsAreOne ? BigFloat.One : BigFunctions.Pi / 180,
        NamedConstant.Percent => unitsAreOne ? BigFloat.One : BigFloat.One / 100,
        _ => null,
    };

    private BigComplex? AddUp(IReadOnlyList<Expression> terms)
    {
        var sum = BigComplex.Zero;
        foreach (var term in terms)
        {
            if (Value(term) is not { } value) return null;
            LargestTerm = Math.Max(LargestTerm, value.Magnitude);
            sum += value;
        }
        return sum;
    }

    private static BigComplex? Product(IEnumerable<BigComplex?> factors)
    {
        var product = BigComplex.One;
        foreach (var factor in factors)
        {
            if (factor is not { } value) return null;
            product *= value;
        }
        return product;
    }

    private BigComplex? Quotient(Expression a, Expression b) =>
        Value(a) is { } over && Value(b) is { IsZero: false } under && !IsNoise(b, under) ? over / under : null;

    private BigComplex? Power(Power power)
    {
        if (Value(power.Base) is not { } value) return null;
        if (power.Exponent is Number { Value.Sign: < 0 } && IsNoise(power.Base, value)) return null;
        if (power.Exponent is Number { Value: var exponent } && exponent.IsSmall(out var whole))
        {
            budget.Spend(20L * OperationCost);
            return BigComplex.Power(value, whole);
        }
        if (power.Exponent is Number { Value: var fraction } && fraction.Denominator <= 64) return RationalPower(value, fraction);
        if (Value(power.Exponent) is not { } raised) return null;
        // A quotient of whole numbers, however it was written.
        if (Whole(raised) is { } n) return BigComplex.Power(value, n);
        if (value.IsZero) return raised is { IsReal: true, Re.Sign: > 0 } ? value : null;
        if (value is { IsReal: true, Re.Sign: < 0 }) LeftReals = true;
        budget.Spend(3 * FunctionCost);
        return BigComplex.Log(value) is { } log ? BigComplex.Exp(raised * log) : null;
    }

    /// <summary>Whether a value is what rounding leaves of 0, as of sin(pi); a number may be written as small as one likes.</summary>
    private static bool IsNoise(Expression expression, BigComplex value) =>
        value.Magnitude < -Noise && expression is not (Number or Power { Base: Number });

    /// <summary>An odd root of a negative number is the negative one.</summary>
    private BigComplex? RationalPower(BigComplex value, Rational exponent)
    {
        var degree = (int)exponent.Denominator;
        if (exponent.Numerator.GetBitLength() > 30) return null;
        return Root(value, degree) is { } root ? BigComplex.Power(root, (int)exponent.Numerator) : null;
    }

    private BigComplex? Root(BigComplex value, int degree)
    {
        if (value.IsZero) return value;
        if (degree == 2)
        {
            budget.Spend(20L * OperationCost);
            if (value is { IsReal: true, Re.Sign: < 0 }) LeftReals = true;
            return BigComplex.Sqrt(value);
        }
        var odd = value is { IsReal: true, Re.Sign: < 0 } && degree % 2 == 1;
        if (value is { IsReal: true, Re.Sign: < 0 } && !odd) LeftReals = true;
        budget.Spend(3 * FunctionCost);
        if (BigComplex.Log(odd ? -value : value) is not { } log || BigComplex.Exp(log / (BigFloat)degree) is not { } root) return null;
        return odd ? -root : root;
    }

    private BigComplex? Function(Apply apply)
    {
        budget.Spend(FunctionCost);
        var values = new BigComplex[apply.Arguments.Count];
        for (var i = 0; i < values.Length; i++)
        {
            if (Value(apply.Arguments[i]) is not { } value) return null;
            values[i] = value;
        }
        if (apply is { Function: Apply.Root, Arguments: [_, Number degree] } && degree.Value.IsSmall(out var n) && n is > 0 and <= 64)
            return Root(values[0], n);
        return KnownFunctions.Has(apply.Function, values.Length) ? Known(apply.Function, values) : Unknown(apply.Function, values);
    }

    private BigComplex? Known(string function, BigComplex[] values)
    {
        var value = KnownFunctions.Value(function, values, budget);
        if (value is { IsReal: false } && values.All(argument => argument.IsReal)) LeftReals = true;
        return value;
    }

    /// <summary>Something that is as good as no other function, and the same for equal arguments.</summary>
    private static BigComplex? Unknown(string function, BigComplex[] values)
    {
        BigComplex sum = Generic.Value(function);
        for (var i = 0; i < values.Length; i++)
        {
            // Far arguments would lose their digits in the sine.
            if (values[i].Magnitude > 12) return null;
            if (BigComplex.SinCos(Generic.Value($"{function}/{i}") * values[i]) is not { } wave) return null;
            sum += wave.Sin + Generic.Value($"{function}:{i}") * values[i];
        }
        return sum;
    }

    /// <summary>A finite sum or product of few terms is added up; of anything else the body stands for the whole.</summary>
    private BigComplex? Bound(Binder binder)
    {
        var shadowed = _bound.TryGetValue(binder.Variable, out var outer);
        try
        {
            if (binder is { Kind: "sum" or "prod", Bounds: [var lower, var upper] }
                && Whole(Value(lower)) is { } first && Whole(Value(upper)) is { } last
                && (long)last - first is >= -1 and < LargestUnrolling)
                return Unrolled(binder, first, last);
            var samples = new List<BigComplex>();
            foreach (var bound in binder.Bounds) samples.Add(Sample(bound));
            for (var i = 0; i < 2; i++)
            {
                _bound[binder.Variable] = Generic.Value($"bound {i}");
                if (Value(binder.Body) is not { } value) return null;
                samples.Add(value);
            }
            return Unknown(binder.Kind, [.. samples]);
        }
        finally
        {
            if (shadowed) _bound[binder.Variable] = outer;
            else _bound.Remove(binder.Variable);
        }
    }

    private BigComplex Sample(Expression bound) => bound is Constant { Name: NamedConstant.Infinity }
        ? Generic.Value("infinity") : Value(bound) ?? Generic.Value("undefined");

    private BigComplex? Unrolled(Binder binder, int first, int last)
    {
        var result = binder.Kind == "sum" ? BigComplex.Zero : BigComplex.One;
        for (var n = first; n <= last; n++)
        {
            _bound[binder.Variable] = (BigFloat)n;
            if (Value(binder.Body) is not { } value) return null;
            LargestTerm = Math.Max(LargestTerm, value.Magnitude);
            result = binder.Kind == "sum" ? result + value : result * value;
        }
        return result;
    }

    private static int? Whole(BigComplex? value)
    {
        if (value is not { IsReal: true, Re: var real } || real.Magnitude > 30) return null;
        var floor = real.Floor();
        return (real - BigFloat.Of(floor, 0)).IsZero ? (int)floor : null;
    }
}
