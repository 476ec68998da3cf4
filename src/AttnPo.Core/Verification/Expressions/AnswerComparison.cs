namespace AttnPo.Core.Verification.Expressions;

/// <summary>
/// Whether two answers say the same. Beyond what they are made of it knows how answers are given: an order where brackets say so, a
/// name in front of a value, units, alternatives behind a plus-minus sign.
/// </summary>
internal sealed partial class AnswerComparison
{
    // Matching items to each other takes up to their product; longer lists are compared in order.
    private const int MostItems = 256;

    private readonly WorkBudget _budget;
    private readonly ScalarComparison _scalars;
    private readonly SetReading _sets;
    private readonly MatrixArithmetic _matrices;

    public AnswerComparison(WorkBudget budget)
    {
        _budget = budget;
        _scalars = new ScalarComparison(budget);
        _sets = new SetReading(_scalars);
        _matrices = new MatrixArithmetic(budget);
    }

    /// <summary>Whether they say the same.</summary>
    public bool Same(Expression a, Expression b)
    {
        _budget.Spend(50);
        (a, b) = (Plain(a), Plain(b));
        if (IsText(a) || IsText(b)) return SameText(a, b);
        var speaksOfSets = SetReading.IsSetLike(a) || SetReading.IsSetLike(b);
        if (speaksOfSets && _sets.Read(a) is { } left && _sets.Read(b) is { } right) return left.SameAs(right);
        if (HasAlternatives(a) || HasAlternatives(b)) return SameAlternatives(a, b);
        if (a is Sequence || b is Sequence) return SameSequences(a, b);
        if (a is SetOperation x && b is SetOperation y)
            return x.Operator == y.Operator && Matched(x.Sets, y.Sets, inOrder: x.Operator == '∖');
        if (a is Quantity || b is Quantity) return SameQuantities(a, b);
        if (a is Ratio || b is Ratio) return SameRatios(a, b);
        if (_matrices.Value(a) is { } m && _matrices.Value(b) is { } n) return SameMatrices(m, n);
        return _scalars.Same(a, b);
    }

    private static bool HasAlternatives(Expression expression) => expression is Relation or Sequence { Kind: SequenceKind.List };

    /// <summary>Without brackets around a single thing, and with both values where a plus-minus sign stands.</summary>
    private Expression Plain(Expression expression)
    {
        while (expression is Sequence { Kind: SequenceKind.List, Items: [var only] }) expression = only;
        if (expression is Words { Text: var words } && WordTable.AreAllReals(words)) return new Symbol("\\mathbb R");
        if (expression is Sequence { Kind: SequenceKind.List } list)
        {
            return list with { Items = [.. list.Items.SelectMany(Alternatives)] };
        }
        if (expression is Sequence or SetOperation or Matrix || !ExpressionTree.Any(expression, IsPlusMinus)) return expression;
        return new Sequence(SequenceKind.List, [Chosen(expression, 1), Chosen(expression, -1)]);
    }

    private IReadOnlyList<Expression> Alternatives(Expression item) =>
        Plain(item) is Sequence { Kind: SequenceKind.List } list ? list.Items : [item];

    private static bool IsPlusMinus(Expression part) => part is Apply { Function: Apply.PlusMinus or Apply.MinusPlus };

    private static Expression Chosen(Expression expression, int sign) => ExpressionTree.Replace(expression, part => part switch
    {
        Apply { Function: Apply.PlusMinus, Arguments: [var value] } => Signed(Chosen(value, sign), sign),
        Apply { Function: Apply.MinusPlus, Arguments: [var value] } => Signed(Chosen(value, sign), -sign),
        _ => null,
    });

    private static Expression Signed(Expression value, int sign) => sign > 0 ? value : new Product([new Number(-1), value]);

    private static bool IsText(Expression expression) => expression is Words or Quantity { Value: Words };

    /// <summary>Words are the same by their letters, whatever stands between; a value is never the same as words.</summary>
    private static bool SameText(Expression a, Expression b)
    {
        if (TextOf(a) is not { } left || TextOf(b) is not { } right) return false;
        // Of single letters, a and A are two names.
        return left.Equals(right, left.Length == 1 ? StringComparison.Ordinal : StringComparison.OrdinalIgnoreCase);
    }

    private static string? TextOf(Expression expression) => expression switch
    {
        Words words => MathText.Letters(words.Text),
        Quantity { Value: Words words } quantity => MathText.Letters(words.Text + quantity.Unit),
        Symbol symbol => symbol.Name,
        Constant { Name: NamedConstant.E } => "e",
        Constant { Name: NamedConstant.I } => "i",
        Product product => product.Factors.Select(TextOf).ToArray() is var parts && !parts.Contains(null) ? string.Concat(parts) : null,
        Relation { Operators: [RelationKind.Equal], Members: [_, Words words] } => MathText.Letters(words.Text),
        _ => null,
    };

    /// <summary>Relations and lists: item by item, in no order unless the other side has one.</summary>
    private bool SameAlternatives(Expression a, Expression b)
    {
        if (a is Relation left && b is Relation right) return SameRelations(left, right);
        if ((a is Relation named && SameValue(named, b)) || (b is Relation other && SameValue(other, a))) return true;
        var (itemsA, itemsB) = (Items(a, b), Items(b, a));
        if (itemsA.Count == 1 && itemsB.Count == 1) return false;
        // A tuple has an order; a list that answers for it must keep it.
        var inOrder = a is Sequence { Kind: SequenceKind.Tuple } || b is Sequence { Kind: SequenceKind.Tuple };
        if (itemsA.Count != itemsB.Count && !inOrder && itemsA.Count > 1 && itemsB.Count > 1) (itemsA, itemsB) = (Distinct(itemsA), Distinct(itemsB));
        return itemsA.Count == itemsB.Count && Matched(itemsA, itemsB, inOrder);
    }

    private static IReadOnlyList<Expression> Items(Expression expression, Expression counterpart) => expression switch
    {
        Sequence { Kind: SequenceKind.List or SequenceKind.Set } sequence => sequence.Items,
        Sequence { Kind: SequenceKind.Tuple } tuple when !SetReading.IsSetLike(tuple) && IsFlatList(counterpart) => tuple.Items,
        // (p, q) = (3, 2) is p = 3, q = 2.
        Relation { Operators: [RelationKind.Equal], Members: [Sequence names, Sequence values] }
            when (names.Kind, values.Kind) == (SequenceKind.Tuple, SequenceKind.Tuple) && names.Items.Count == values.Items.Count
            && counterpart is Sequence { Kind: SequenceKind.List } =>
            [.. names.Items.Zip(values.Items, (name, value) => new Relation([RelationKind.Equal], [name, value]))],
        _ => [expression],
    };

    private static bool IsFlatList(Expression expression) =>
        expression is Sequence { Kind: SequenceKind.List } list && !list.Items.Any(item => item is Sequence);

    private List<Expression> Distinct(IReadOnlyList<Expression> items)
    {
        var distinct = new List<Expression>();
        foreach (var item in items.Take(MostItems))
            if (!distinct.Exists(other => Same(item, other))) distinct.Add(item);
        return distinct;
    }

    /// <summary>Whether items can be paired so that each pair is the same.</summary>
    private bool Matched(IReadOnlyList<Expression> a, IReadOnlyList<Expression> b, bool inOrder)
    {
        if (a.Count != b.Count) return false;
        if (inOrder || a.Count > MostItems) return a.Zip(b).All(pair => Same(pair.First, pair.Second));
        var same = new bool?[a.Count, b.Count];
        var partner = new int[b.Count];
        Array.Fill(partner, -1);
        for (var i = 0; i < a.Count; i++)
            if (!Augment(i, new bool[b.Count])) return false;
        return true;

        bool Augment(int i, bool[] seen)
        {
            for (var j = 0; j < b.Count; j++)
            {
                // First the item at the same place: lists are mostly in the same order.
                var at = (i + j) % b.Count;
                if (seen[at] || !(same[i, at] ??= Same(a[i], b[at]))) continue;
                seen[at] = true;
                if (partner[at] >= 0 && !Augment(partner[at], seen)) continue;
                partner[at] = i;
                return true;
            }
            return false;
        }
    }

    private bool SameSequences(Expression a, Expression b)
    {
        if (a is Sequence x && b is Sequence y)
        {
            if (x.Kind != y.Kind) return false;
            if (x.Kind == SequenceKind.Set) return Matched(Distinct(x.Items), Distinct(y.Items), inOrder: false);
            // Of two items, brackets say which interval is meant.
            var bracketsMatter = x.Items.Count == 2;
            if (bracketsMatter && (x.OpenLeft, x.OpenRight) != (y.OpenLeft, y.OpenRight)) return false;
            return Matched(x.Items, y.Items, inOrder: true);
        }
        if (_matrices.Value(a) is { } left && b is Sequence { Kind: SequenceKind.Tuple } tuple) return SameVector(left, tuple);
        if (_matrices.Value(b) is { } right && a is Sequence { Kind: SequenceKind.Tuple } other) return SameVector(right, other);
        // A set of one thing is that thing, given with its braces.
        return (a, b) is (Sequence { Kind: SequenceKind.Set, Items: [var single] }, _) ? Same(single, b)
            : (a, b) is (_, Sequence { Kind: SequenceKind.Set, Items: [var lone] }) && Same(a, lone);
    }

    private bool SameVector(Matrix matrix, Sequence tuple) =>
        MatrixArithmetic.AsVector(matrix) is { } entries && Matched(entries, tuple.Items, inOrder: true);

    private bool SameMatrices(Matrix a, Matrix b) => a.Rows.Count == b.Rows.Count && a.Rows[0].Count == b.Rows[0].Count
        && a.Rows.Zip(b.Rows).All(rows => Matched(rows.First, rows.Second, inOrder: true));

    /// <summary>A unit that one side leaves out is understood; two units must measure the same.</summary>
    private bool SameQuantities(Expression a, Expression b)
    {
        if (TimeOfDay(a, b) is { } x && TimeOfDay(b, a) is { } y) return x == y;
        if (a is Quantity { Value: var value, Unit: var unit } && b is Quantity { Value: var other, Unit: var otherUnit })
        {
            if (Units.Factor(unit, otherUnit) is not { } factor) return false;
            return Same(factor.IsOne ? value : new Product([new Number(factor), value]), other);
        }
        return Same(a is Quantity left ? left.Value : a, b is Quantity right ? right.Value : b);
    }

    /// <summary>Minutes since midnight of hours and minutes, where either side says which half of the day is meant.</summary>
    private static int? TimeOfDay(Expression expression, Expression counterpart)
    {
        var afternoon = expression is Quantity quantity ? Units.IsAfternoon(quantity.Unit) : null;
        if (afternoon is null && !(counterpart is Quantity other && Units.IsAfternoon(other.Unit) is not null)) return null;
        var clock = expression is Quantity { Value: var value } ? value : expression;
        var (hours, minutes) = clock is Ratio { Parts: [Number full, Number rest] } ? (full, rest) : (clock as Number, new Number(0));
        if (hours is null || !hours.Value.IsSmall(out var h) || !minutes.Value.IsSmall(out var m)) return null;
        return (afternoon is null ? h : (h % 12) + (afternoon.Value ? 12 : 0)) * 60 + m;
    }

    private bool SameRatios(Expression a, Expression b)
    {
        if (a is Ratio x && b is Ratio y)
        {
            if (x.Parts.Count != y.Parts.Count) return false;
            if (Matched(x.Parts, y.Parts, inOrder: true)) return true;
            if (x.Parts.Concat(y.Parts).Any(part => _scalars.Same(part, new Number(0)))) return false;
            return Enumerable.Range(1, x.Parts.Count - 1).All(i =>
                _scalars.Same(new Product([x.Parts[i], y.Parts[0]]), new Product([y.Parts[i], x.Parts[0]])));
        }
        return _scalars.Same(a, b);
    }
}
