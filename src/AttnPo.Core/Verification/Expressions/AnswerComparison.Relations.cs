namespace AttnPo.Core.Verification.Expressions;

/// <summary>Equations, inequalities, and values that have a name in front.</summary>
internal sealed partial class AnswerComparison
{
    private bool SameRelations(Relation a, Relation b)
    {
        (a, b) = (Ends(a), Ends(b));
        if (a.Operators.Count != b.Operators.Count) return false;
        if (a.Operators.Count == 1) return SameRelation(a, b);
        // Chains hold link by link, and may be written from either end.
        Relation[] linksA = [.. Links(a)], linksB = [.. Links(b)];
        return Matched(linksA, linksB, inOrder: false);
    }

    /// <summary>A chain of equations says what its first and last member say.</summary>
    private static Relation Ends(Relation relation) =>
        relation.Operators.Count > 1 && relation.Operators.All(kind => kind is RelationKind.Equal or RelationKind.About)
            ? new Relation([RelationKind.Equal], [relation.Members[0], relation.Members[^1]]) : relation;

    private static IEnumerable<Relation> Links(Relation relation) =>
        relation.Operators.Select((kind, i) => new Relation([kind], [relation.Members[i], relation.Members[i + 1]]));

    private bool SameRelation(Relation a, Relation b)
    {
        var (kindA, kindB) = (a.Operators[0], b.Operators[0]);
        if (kindA == RelationKind.About) kindA = RelationKind.Equal;
        if (kindB == RelationKind.About) kindB = RelationKind.Equal;
        var (leftA, rightA, leftB, rightB) = (a.Members[0], a.Members[1], b.Members[0], b.Members[1]);
        if (kindA == kindB && SameName(leftA, leftB, rightA) && Same(rightA, rightB)) return true;
        if (kindA is RelationKind.In or RelationKind.Congruent || kindB is RelationKind.In or RelationKind.Congruent) return false;
        if (kindB != kindA)
        {
            if (SetReading.Turned(kindB) != kindA) return false;
            (leftB, rightB) = (rightB, leftB);
        }
        if (!IsScalar(leftA) || !IsScalar(rightA) || !IsScalar(leftB) || !IsScalar(rightB))
            return (Same(leftA, leftB) && Same(rightA, rightB))
                || (kindA == RelationKind.Equal && Same(leftA, rightB) && Same(rightA, leftB));
        var hasDirection = kindA is not (RelationKind.Equal or RelationKind.NotEqual);
        return _scalars.Proportional(Difference(leftA, rightA), Difference(leftB, rightB), positive: hasDirection);
    }

    private static Sum Difference(Expression a, Expression b) => new([Bare(a), new Product([new Number(-1), Bare(b)])]);

    private static Expression Bare(Expression expression) => expression is Quantity quantity ? quantity.Value : expression;

    private static bool IsScalar(Expression expression) =>
        expression is not (Sequence or SetOperation or Matrix or Relation or Words or Ratio);

    /// <summary>y = 2x and f(x) = 2x name one function.</summary>
    private bool SameName(Expression a, Expression b, Expression value)
    {
        if (IsFunctionValue(a) && IsFunctionValue(b) && !Equals(NameOf(a), NameOf(b))) return false;
        if ((a is Symbol && IsFunctionValue(b)) || (b is Symbol && IsFunctionValue(a)))
        {
            var argument = ((Apply)(a is Symbol ? b : a)).Arguments[0];
            return argument is Symbol variable && ExpressionTree.Any(value, part => part is Symbol symbol && symbol.Name == variable.Name);
        }
        if (a is Words || b is Words) return a is Words && b is Words && SameText(a, b);
        return IsName(a) && IsName(b) && Same(a, b);
    }

    private static string NameOf(Expression expression) => ((Apply)expression).Function;

    private static bool IsFunctionValue(Expression expression) =>
        expression is Apply { Arguments: [Symbol] } apply && !KnownFunctions.Has(apply.Function, 1) && !apply.Function.EndsWith('_');

    /// <summary>A relation and something that is none: its value is what stands behind the name.</summary>
    private bool SameValue(Relation relation, Expression value)
    {
        var isAbout = relation.Operators.Contains(RelationKind.About);
        if (isAbout && relation.Members.Any(member => !IsName(member) && Same(member, value))) return true;
        if (!relation.Operators.All(GivesValue)) return false;
        var (first, last) = (relation.Members[0], relation.Members[^1]);
        if (ScalarComparison.IsClosed(first) && IsFalse(relation)) return false;
        if (IsName(first)) return Same(last, value);
        if (IsName(last) && relation.Operators is [RelationKind.Equal]) return Same(first, value);
        return ScalarComparison.IsClosed(first) && ScalarComparison.IsClosed(last) && Same(last, value);
    }

    /// <summary>Whether an equation between two numbers that stand side by side does not hold: 2 = 5.</summary>
    private bool IsFalse(Relation relation) => Links(relation).Any(link => link is { Operators: [RelationKind.Equal], Members: [var left, var right] }
        && ScalarComparison.IsClosed(left) && ScalarComparison.IsClosed(right) && !Same(left, right));

    private static bool GivesValue(RelationKind kind) =>
        kind is RelationKind.Equal or RelationKind.About or RelationKind.In or RelationKind.Congruent;

    /// <summary>Whether an expression only says whose value follows: a variable, a segment, a ratio of such, f(x), a sum over n.</summary>
    private static bool IsName(Expression expression) => expression switch
    {
        Symbol or Words or Binder => true,
        Apply { Function: Apply.Root } root => IsName(root.Arguments[0]),
        Apply apply => !ScalarComparison.IsClosed(apply),
        Product product => product.Factors.All(IsName),
        Power power => IsName(power.Base) && power.Exponent is Number,
        Sequence { Kind: SequenceKind.Tuple or SequenceKind.List } sequence => sequence.Items.All(IsName),
        Ratio ratio => ratio.Parts.All(IsName),
        Quantity quantity => IsName(quantity.Value),
        _ => false,
    };
}
