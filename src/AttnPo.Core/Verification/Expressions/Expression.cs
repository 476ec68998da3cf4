namespace AttnPo.Core.Verification.Expressions;

/// <summary>An answer as it was read: immutable, and no deeper than the parser goes.</summary>
internal abstract record Expression;

/// <summary>An exact number.</summary>
/// <param name="Value">Its value.</param>
/// <param name="Digits">Significant digits of a decimal fraction as written; 0 of any other number.</param>
/// <param name="Decimals">Digits behind its point.</param>
internal sealed record Number(Rational Value, int Digits = 0, int Decimals = 0) : Expression;

/// <summary>A number that has a name.</summary>
internal sealed record Constant(NamedConstant Name) : Expression;

internal enum NamedConstant
{
    Pi,
    E,
    I,
    Infinity,

    /// <summary>pi / 180; as a unit 1.</summary>
    Degree,

    /// <summary>1 / 100; as a unit 1.</summary>
    Percent,
}

/// <summary>A variable, its subscript part of its name.</summary>
internal sealed record Symbol(string Name) : Expression;

/// <summary>A sum; a difference is the sum with -1 times the second.</summary>
internal sealed record Sum(IReadOnlyList<Expression> Terms) : Expression;

/// <summary>A product; a quotient is the product with the power of -1.</summary>
internal sealed record Product(IReadOnlyList<Expression> Factors) : Expression;

/// <summary>A power.</summary>
internal sealed record Power(Expression Base, Expression Exponent) : Expression;

/// <summary>A function, known or not, of its arguments. A logarithm's second argument is its base; a root's is its degree.</summary>
internal sealed record Apply(string Function, IReadOnlyList<Expression> Arguments) : Expression
{
    public const string PlusMinus = "±", MinusPlus = "∓", Root = "root", Log = "log", Abs = "abs", Factorial = "!", Binomial = "binom";

    public Apply(string function, Expression argument)
        : this(function, [argument])
    {
    }
}

/// <summary>A sum, product, integral, limit: something that binds a variable.</summary>
/// <param name="Kind">The command that wrote it: sum, prod, int, lim.</param>
/// <param name="Variable">Bound in the body alone.</param>
/// <param name="Bounds">Lower and upper, or what a limit goes to.</param>
/// <param name="Body">Below the sign.</param>
internal sealed record Binder(string Kind, string Variable, IReadOnlyList<Expression> Bounds, Expression Body) : Expression;

/// <summary>Several things in brackets, or parted by commas.</summary>
/// <param name="Kind">What the brackets make of them.</param>
/// <param name="Items">In the order written.</param>
/// <param name="OpenLeft">Of a tuple of two, read as an interval: whether the left end is not in it.</param>
/// <param name="OpenRight">The same of the right end.</param>
/// <param name="IsEither">Of a list, whether an "or" parts its items.</param>
internal sealed record Sequence(
    SequenceKind Kind, IReadOnlyList<Expression> Items, bool OpenLeft = false, bool OpenRight = false, bool IsEither = false) : Expression;

internal enum SequenceKind
{
    /// <summary>Parted by commas, "and", "or"; in no order.</summary>
    List,

    /// <summary>In round or square brackets; in order. Of two items it may be an interval.</summary>
    Tuple,

    /// <summary>In braces; in no order.</summary>
    Set,
}

/// <summary>Sets joined, met or taken away.</summary>
/// <param name="Operator">∪, ∩ or ∖.</param>
/// <param name="Sets">In the order written.</param>
internal sealed record SetOperation(char Operator, IReadOnlyList<Expression> Sets) : Expression;

/// <summary>A chain of relations: a &lt; b = c.</summary>
/// <param name="Operators">One fewer than members.</param>
/// <param name="Members">What stands between.</param>
internal sealed record Relation(IReadOnlyList<RelationKind> Operators, IReadOnlyList<Expression> Members) : Expression;

internal enum RelationKind
{
    Equal,
    NotEqual,
    Less,
    LessOrEqual,
    Greater,
    GreaterOrEqual,
    About,
    In,
    Congruent,
}

/// <summary>a : b : c.</summary>
internal sealed record Ratio(IReadOnlyList<Expression> Parts) : Expression;

/// <summary>Rows of equal length.</summary>
internal sealed record Matrix(IReadOnlyList<IReadOnlyList<Expression>> Rows) : Expression;

/// <summary>Words.</summary>
internal sealed record Words(string Text) : Expression;

/// <summary>A value with words behind it: a unit, or whatever people write there.</summary>
internal sealed record Quantity(Expression Value, string Unit) : Expression;
