namespace AttnPo.Core.Verification.Expressions;

/// <summary>Reads intervals, inequalities and what is made of them as sets of real numbers.</summary>
/// <param name="scalars">Gives ends their values.</param>
internal sealed class SetReading(ScalarComparison scalars)
{
    /// <summary>Whether an expression speaks of a set where a tuple could be meant: its counterpart decides.</summary>
    public static bool IsSetLike(Expression expression) => expression switch
    {
        SetOperation => true,
        Sequence { Kind: SequenceKind.Tuple, OpenLeft: var left, OpenRight: var right } => left != right,
        Sequence { Kind: SequenceKind.Set, Items: [] } => true,
        Symbol { Name: "\\mathbb R" } => true,
        Relation relation => relation.Operators.Any(
            kind => kind is not (RelationKind.Equal or RelationKind.About or RelationKind.Congruent)),
        Sequence { Kind: SequenceKind.List } list => list.Items.All(IsSetLike),
        _ => false,
    };

    /// <summary>The set; null where it is none, or its ends are no numbers.</summary>
    public RealSet? Read(Expression expression) => expression switch
    {
        Symbol { Name: "\\mathbb R" } => RealSet.All,
        Sequence { Kind: SequenceKind.Tuple, Items: [var low, var high], OpenLeft: var openLeft, OpenRight: var openRight } =>
            Interval(low, !openLeft, high, !openRight),
        Sequence { Kind: SequenceKind.Set } points => Joined(points.Items.Select(Point)),
        Sequence { Kind: SequenceKind.List } list => Several(list),
        SetOperation operation => Operation(operation),
        Relation relation => Solutions(relation),
        _ => null,
    };

    private RealSet? Operation(SetOperation operation)
    {
        var sets = operation.Sets.Select(Read).ToArray();
        if (sets.Any(set => set is null)) return null;
        return sets.Cast<RealSet>().Aggregate((a, b) => operation.Operator switch
        {
            '∪' => a.Union(b),
            '∩' => a.Intersection(b),
            _ => a.Intersection(b.Complement()),
        });
    }

    /// <summary>
    /// "x &lt; 1 or x &gt; 5" and "x = 1, x = 2" are unions; order relations that stand together without an "or" all hold. Relations in
    /// different variables are no set of numbers.
    /// </summary>
    private RealSet? Several(Sequence list)
    {
        var subjects = list.Items.Select(SubjectOf).OfType<Expression>().ToArray();
        if (subjects.Any(other => !ExpressionTree.AreAlike(other, subjects[0]))) return null;
        var sets = list.Items.Select(Read).ToArray();
        if (list.IsEither || !list.Items.All(IsOrder)) return Joined(sets);
        return sets.Aggregate((RealSet?)RealSet.All, (all, set) => set is null ? null : all?.Intersection(set));
    }

    private static bool IsOrder(Expression expression) => expression is Relation relation
        && relation.Operators.All(kind => kind is not (RelationKind.Equal or RelationKind.About or RelationKind.In or RelationKind.Congruent));

    private static Expression? SubjectOf(Expression expression) =>
        expression is Relation relation ? relation.Members.FirstOrDefault(IsSubject) : null;

    private static RealSet? Joined(IEnumerable<RealSet?> sets) =>
        sets.Aggregate((RealSet?)RealSet.Empty, (all, set) => set is null ? null : all?.Union(set));

    private RealSet? Point(Expression expression) =>
        scalars.RealValue(expression) is { } value ? RealSet.Of(value, true, value, true) : null;

    private RealSet? Interval(Expression low, bool lowIsIn, Expression high, bool highIsIn)
    {
        if (Infinity(low) is > 0 || Infinity(high) is < 0) return null;
        var (a, b) = (Infinity(low) is null ? scalars.RealValue(low) : null, Infinity(high) is null ? scalars.RealValue(high) : null);
        if ((Infinity(low) is null && a is null) || (Infinity(high) is null && b is null)) return null;
        return RealSet.Of(a, lowIsIn, b, highIsIn);
    }

    private static int? Infinity(Expression expression) => expression switch
    {
        Constant { Name: NamedConstant.Infinity } => 1,
        Product { Factors: [Number { Value: var sign }, Constant { Name: NamedConstant.Infinity }] } when sign == -1 => -1,
        _ => null,
    };

    /// <summary>The solutions of a chain of relations in one variable, or its absolute value, that stands alone in it.</summary>
    private RealSet? Solutions(Relation relation)
    {
        var all = RealSet.All;
        Expression? subject = null;
        for (var i = 0; i < relation.Operators.Count; i++)
        {
            var (left, right) = (relation.Members[i], relation.Members[i + 1]);
            var kind = relation.Operators[i];
            if (kind == RelationKind.In)
                return relation.Operators.Count == 1 && left is not (Sum or Product or Power or Number) ? Read(right) : null;
            var (variable, bound) = IsSubject(left) ? (left, right) : (right, left);
            if (!IsSubject(variable) || (subject is not null && !ExpressionTree.AreAlike(subject, variable))) return null;
            if (Bounded(IsSubject(left) ? kind : Turned(kind), bound) is not { } set) return null;
            subject = variable;
            all = all.Intersection(set);
        }
        return subject is Apply ? Absolute(all) : all;
    }

    // |x| lies in the set where x lies in its part from 0 on, or in that part's mirror image.
    private static RealSet Absolute(RealSet set)
    {
        var positive = set.Intersection(RealSet.Of(BigFloat.Zero, true, null, false));
        var mirrored = positive.Pieces.Select(piece => RealSet.Of(
            piece.High.Value is { } high ? -high : null, piece.High.IsIn, piece.Low.Value is { } low ? -low : null, piece.Low.IsIn));
        return mirrored.Aggregate(positive, (all, piece) => all.Union(piece));
    }

    private RealSet? Bounded(RelationKind kind, Expression bound)
    {
        if (Infinity(bound) is { } sign)
            return (kind, sign) is (RelationKind.Less, 1) or (RelationKind.Greater, -1) ? RealSet.All : null;
        if (scalars.RealValue(bound) is not { } value) return null;
        return kind switch
        {
            RelationKind.Equal => RealSet.Of(value, true, value, true),
            RelationKind.NotEqual => RealSet.Of(value, true, value, true).Complement(),
            RelationKind.Less => RealSet.Of(null, false, value, false),
            RelationKind.LessOrEqual => RealSet.Of(null, false, value, true),
            RelationKind.Greater => RealSet.Of(value, false, null, false),
            RelationKind.GreaterOrEqual => RealSet.Of(value, true, null, false),
            _ => null,
        };
    }

    private static bool IsSubject(Expression expression) => expression is Symbol or Apply { Function: Apply.Abs, Arguments: [Symbol] };

    /// <summary>The relation read from its other side.</summary>
    public static RelationKind Turned(RelationKind kind) => kind switch
    {
        RelationKind.Less => RelationKind.Greater,
        RelationKind.LessOrEqual => RelationKind.GreaterOrEqual,
        RelationKind.Greater => RelationKind.Less,
        RelationKind.GreaterOrEqual => RelationKind.LessOrEqual,
        _ => kind,
    };
}
