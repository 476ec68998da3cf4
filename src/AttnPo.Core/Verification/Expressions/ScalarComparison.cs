using System.Numerics;

namespace AttnPo.Core.Verification.Expressions;

/// <summary>
/// Whether two numbers or formulas are the same: by normal form where that decides, otherwise by their values at points. Formulas are
/// compared at real points where both are defined in the reals; only where there is none, by their complex values.
/// </summary>
/// <param name="budget">Pays.</param>
internal sealed class ScalarComparison(WorkBudget budget)
{
    private const int MostPoints = 20, EnoughPoints = 8, MostCases = 36, EnoughCases = 20, PointsBeforeGivingUp = 10;

    // Agreement to this many bits, of the larger value and of the largest term, is equality.
    private const int Agreement = 150, NoiseBelowTerms = 160;

    // A decimal fraction of so many decimals was cut off from what rounds to it.
    private const int DigitsOfApproximation = 10;

    /// <summary>Whether a = b. A percent or degree sign that stands on one side alone may be a mere unit.</summary>
    public bool Same(Expression a, Expression b)
    {
        // What has no value, as a quotient by zero, is the same as what is written the same.
        if (ExpressionTree.AreAlike(a, b) || Same(a, b, unitsAreOne: false)) return true;
        var oneEnds = (EndsInUnit(a) && !ExpressionTree.Any(b, IsUnit)) || (EndsInUnit(b) && !ExpressionTree.Any(a, IsUnit));
        return oneEnds && Same(a, b, unitsAreOne: true);
    }

    /// <summary>Whether a = c b for a number c that is not 0: then a = 0 and b = 0 are one equation.</summary>
    /// <param name="a">Left side less right side.</param>
    /// <param name="b">Of the other equation.</param>
    /// <param name="positive">Whether c must be above 0, as between inequalities.</param>
    public bool Proportional(Expression a, Expression b, bool positive)
    {
        BigComplex? ratio = null;
        var agreed = 0;
        for (var point = 0; point < MostPoints && agreed <= EnoughPoints; point++)
        {
            if (Values(a, b, point, unitsAreOne: false) is not { } at || at.LeftReals) continue;
            if (IsZero(at.A, at.Noise) != IsZero(at.B, at.Noise)) return false;
            if (IsZero(at.A, at.Noise)) continue;
            ratio ??= at.A / at.B;
            if (!Agree(at.A, ratio.Value * at.B, at.Noise)) return false;
            agreed++;
        }
        return ratio is { } factor && agreed >= 1 && (!positive || factor is { IsReal: true, Re.Sign: > 0 });
    }

    /// <summary>The value of what holds no variable; null of anything else, and of what is not real.</summary>
    public BigFloat? RealValue(Expression expression)
    {
        if (!IsClosed(expression)) return null;
        var evaluator = new Evaluator(name => Generic.Value(name), budget, unitsAreOne: false);
        return evaluator.Value(expression) is { } value && IsZero(value.Im, value.Magnitude) ? value.Re : null;
    }

    /// <summary>Whether an expression holds no variable.</summary>
    public static bool IsClosed(Expression expression) => !ExpressionTree.Any(expression, part => part is Symbol or Words or Binder
        || (part is Apply apply && !KnownFunctions.Has(apply.Function, apply.Arguments.Count) && apply.Function != Apply.Root));

    /// <summary>Whether a percent or degree sign ends the whole, and none stands in it.</summary>
    private static bool EndsInUnit(Expression expression) => expression is Product product && IsUnit(product.Factors[^1])
        && !product.Factors.SkipLast(1).Any(factor => ExpressionTree.Any(factor, IsUnit));

    private static bool IsUnit(Expression expression) => expression is Constant { Name: NamedConstant.Degree or NamedConstant.Percent };

    private bool Same(Expression a, Expression b, bool unitsAreOne)
    {
        var forms = new NormalForm(budget, unitsAreOne);
        if (forms.Of(a) is { } left && forms.Of(b) is { } right)
        {
            if (left.SameAs(right)) return true;
            if (forms.IsDecisive(left) && forms.IsDecisive(right))
                return left.AsRational is not null && right.AsRational is not null && EitherApproximates(a, b);
            // The same but for a number that is added: no rounding hides that.
            if (Polynomial.Add([left, right.Times(-1)], budget).AsRational is not null) return false;
        }
        if (!AgreeAtPoints(a, b, unitsAreOne)) return EitherApproximates(a, b);
        return forms.IsTooLarge ? throw new OverBudgetException() : true;
    }

    private bool EitherApproximates(Expression a, Expression b) => Approximates(a, b) || Approximates(b, a);

    private bool AgreeAtPoints(Expression a, Expression b, bool unitsAreOne)
    {
        // Of what has cases, each case must be met.
        var hasCases = ExpressionTree.Any(a, HasCases) || ExpressionTree.Any(b, HasCases);
        var needed = IsClosed(a) && IsClosed(b) ? 1 : hasCases ? EnoughCases : EnoughPoints;
        var (real, complex) = (0, 0);
        var complexDiffers = false;
        for (var point = 0; point < (hasCases ? MostCases : MostPoints) && real < needed; point++)
        {
            if (point == PointsBeforeGivingUp && real + complex == 0) break;
            if (Values(a, b, point, unitsAreOne) is not { } at) continue;
            var agrees = Agree(at.A, at.B, at.Noise);
            if (at.LeftReals)
            {
                complex++;
                complexDiffers |= !agrees;
                if (needed == 1) break;
            }
            else if (!agrees) return false;
            else real++;
        }
        return real > 0 || (complex > 0 && !complexDiffers);
    }

    private (BigComplex A, BigComplex B, bool LeftReals, long Noise)? Values(Expression a, Expression b, int point, bool unitsAreOne)
    {
        // What takes a complex number apart is tried on complex numbers.
        var isComplex = ExpressionTree.Any(a, TakesApart) || ExpressionTree.Any(b, TakesApart);
        var hasI = isComplex || ExpressionTree.Any(a, IsI) || ExpressionTree.Any(b, IsI);
        var isWhole = IsOfWholeNumbers(a, b);
        BigComplex At(string name) => isWhole ? Generic.Whole(name, point)
            : isComplex ? new BigComplex(Generic.Real(name, point), Generic.Real(name + "'", point + 1)) : Generic.Real(name, point);
        Evaluator left = new(At, budget, unitsAreOne), right = new(At, budget, unitsAreOne);
        // Both always, so that a pair takes the same work either way round.
        var (ofA, ofB) = (left.Value(a), right.Value(b));
        if (ofA is not { } x || ofB is not { } y) return null;
        return (x, y, !hasI && (left.LeftReals || right.LeftReals), Math.Max(left.LargestTerm, right.LargestTerm));
    }

    // Of functions that are known at whole numbers alone, points between two say nothing.
    private static bool IsOfWholeNumbers(Expression a, Expression b) =>
        ExpressionTree.Any(a, IsOfWholeNumbers) || ExpressionTree.Any(b, IsOfWholeNumbers);

    private static bool IsOfWholeNumbers(Expression part) =>
        part is Apply { Function: "gcd" or "lcm" or Apply.Factorial or Apply.Binomial };

    private static bool HasCases(Expression part) => IsOfWholeNumbers(part)
        || part is Apply { Function: Apply.Abs or "max" or "min" or "sgn" or "floor" or "ceil" or "mod" }
        || part is Apply { Function: Apply.Root, Arguments: [Power or Product, _] }
        || part is Power { Base: Power or Product, Exponent: Number { Value.IsInteger: false } };

    private static bool TakesApart(Expression part) => part is Apply { Function: "conj" or "Re" or "Im" };

    private static bool IsI(Expression part) => part is Constant { Name: NamedConstant.I };

    private static bool Agree(BigComplex a, BigComplex b, long noise)
    {
        var gap = (a - b).Magnitude;
        return gap <= Math.Max(a.Magnitude, b.Magnitude) - Agreement || IsZero(a - b, noise);
    }

    private static bool IsZero(BigComplex value, long noise) => value.IsZero || value.Magnitude <= noise - NoiseBelowTerms;

    /// <summary>Whether the one is the other, cut off or rounded after many digits.</summary>
    private bool Approximates(Expression decimalSide, Expression exactSide)
    {
        // Of two decimals each is the number it says.
        if (Decimal(exactSide) is not null || Decimal(decimalSide) is not { Decimals: >= DigitsOfApproximation } written) return false;
        if (RealValue(exactSide) is not { } exact || RealValue(decimalSide) is not { } value || EndsAsDecimal(exactSide)) return false;
        var unit = BigFloat.One / BigFloat.Of(BigInteger.Pow(10, Math.Min(written.Decimals, 50)), 0);
        // Rounded, or cut off: then it is the smaller.
        var isSmaller = BigFloat.Compare(BigFloat.Abs(value), BigFloat.Abs(exact)) < 0;
        return BigFloat.Compare(BigFloat.Abs(value - exact), isSmaller ? unit : unit / 2) <= 0;
    }

    /// <summary>Whether a number is a decimal fraction itself: then any other is another.</summary>
    private bool EndsAsDecimal(Expression expression) =>
        new NormalForm(budget, unitsAreOne: false).Of(expression)?.AsRational is { } value && (BigInteger.Pow(10, 60) % value.Denominator).IsZero;

    private static Number? Decimal(Expression expression) => expression switch
    {
        Number { Digits: > 0 } number => number,
        Product { Factors: [Number { Digits: 0 }, Number { Digits: > 0 } number] } => number,
        _ => null,
    };
}
