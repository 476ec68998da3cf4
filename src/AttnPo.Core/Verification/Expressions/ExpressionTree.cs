namespace AttnPo.Core.Verification.Expressions;

/// <summary>Walks through expressions.</summary>
internal static class ExpressionTree
{
    /// <summary>The parts an expression is directly made of.</summary>
    public static IEnumerable<Expression> Parts(Expression expression) => expression switch
    {
        Sum sum => sum.Terms,
        Product product => product.Factors,
        Power power => [power.Base, power.Exponent],
        Apply apply => apply.Arguments,
        Binder binder => [.. binder.Bounds, binder.Body],
        Sequence sequence => sequence.Items,
        SetOperation operation => operation.Sets,
        Relation relation => relation.Members,
        Ratio ratio => ratio.Parts,
        Matrix matrix => matrix.Rows.SelectMany(row => row),
        Quantity quantity => [quantity.Value],
        _ => [],
    };

    /// <summary>Whether two expressions are written the same, but for how.</summary>
    public static bool AreAlike(Expression a, Expression b)
    {
        if (a.GetType() != b.GetType()) return false;
        var same = (a, b) switch
        {
            (Number x, Number y) => x.Value == y.Value,
            (Apply x, Apply y) => x.Function == y.Function,
            (Binder x, Binder y) => x.Kind == y.Kind && x.Variable == y.Variable,
            (Sequence x, Sequence y) => (x.Kind, x.OpenLeft, x.OpenRight) == (y.Kind, y.OpenLeft, y.OpenRight),
            (SetOperation x, SetOperation y) => x.Operator == y.Operator,
            (Relation x, Relation y) => x.Operators.SequenceEqual(y.Operators),
            (Matrix x, Matrix y) => x.Rows.Count == y.Rows.Count,
            (Quantity x, Quantity y) => x.Unit == y.Unit,
            (Symbol or Constant or Words, _) => a == b,
            _ => true,
        };
        if (!same) return false;
        Expression[] partsA = [.. Parts(a)], partsB = [.. Parts(b)];
        return partsA.Length == partsB.Length && partsA.Zip(partsB).All(pair => AreAlike(pair.First, pair.Second));
    }

    /// <summary>Whether an expression or a part of it is so.</summary>
    public static bool Any(Expression expression, Func<Expression, bool> isSo) =>
        isSo(expression) || Parts(expression).Any(part => Any(part, isSo));

    /// <summary>An expression with some of its parts replaced; what the function gives null for stays.</summary>
    public static Expression Replace(Expression expression, Func<Expression, Expression?> replacement)
    {
        if (replacement(expression) is { } replaced) return replaced;
        Expression[] Each(IReadOnlyList<Expression> parts) => [.. parts.Select(part => Replace(part, replacement))];
        return expression switch
        {
            Sum sum => new Sum(Each(sum.Terms)),
            Product product => new Product(Each(product.Factors)),
            Power power => new Power(Replace(power.Base, replacement), Replace(power.Exponent, replacement)),
            Apply apply => apply with { Arguments = Each(apply.Arguments) },
            Binder binder => binder with { Bounds = Each(binder.Bounds), Body = Replace(binder.Body, replacement) },
            Sequence sequence => sequence with { Items = Each(sequence.Items) },
            SetOperation operation => operation with { Sets = Each(operation.Sets) },
            Relation relation => relation with { Members = Each(relation.Members) },
            Ratio ratio => new Ratio(Each(ratio.Parts)),
            Matrix matrix => new Matrix([.. matrix.Rows.Select(Each)]),
            Quantity quantity => quantity with { Value = Replace(quantity.Value, replacement) },
            _ => expression,
        };
    }
}
