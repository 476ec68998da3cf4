namespace AttnPo.Core.Verification.Expressions;

/// <summary>Sets, matrices, and what else stands between an opening command and its closing one.</summary>
internal sealed partial class MathParser
{
    private Apply Between(string function, string close)
    {
        var inner = InBrackets(_at, List);
        return TakeCommand(close) ? new Apply(function, inner) : throw new UnreadableException($"expected \\{close}");
    }

    /// <summary>A set by its members, or by what they have in common: {x | x > 2} is the relation.</summary>
    private Expression Braces()
    {
        var set = InBrackets(_at, Members);
        if (!IsClosingBrace()) throw new UnreadableException("a set is not closed");
        Take();
        return set;
    }

    private bool IsClosingBrace() => IsCommand("}") || IsCommand("rbrace");

    private Expression Members()
    {
        if (IsClosingBrace()) return new Sequence(SequenceKind.Set, []);
        var start = _at;
        if (MembersOrNull() is { } members)
            return new Sequence(SequenceKind.Set, members is Sequence { Kind: SequenceKind.List } list ? list.Items : [members]);
        // Again, with the bar as what parts the members from their condition.
        MoveTo(start);
        _barEndsItem = true;
        var member = List();
        if (!IsBar() && !IsSign(":")) throw new UnreadableException("a set is not closed");
        Take();
        _barEndsItem = false;
        var condition = List();
        return member is Relation { Operators: [RelationKind.In], Members: [_, Symbol] } or Symbol
            ? condition : new Apply("{|}", [member, condition]);
    }

    /// <summary>The members where they are listed; null where a condition describes them.</summary>
    private Expression? MembersOrNull()
    {
        var (start, depth, brackets) = (_at, _depth, _brackets);
        try
        {
            var inner = List();
            // {x : x > 2} reads as a ratio in a relation.
            return IsClosingBrace() && inner is not Relation { Members: [Ratio, ..] } ? inner : null;
        }
        catch (UnreadableException) when (MayHoldCondition(start))
        {
            (_depth, _brackets, _bars, _barEndsItem) = (depth, brackets, 0, false);
            return null;
        }
    }

    private bool MayHoldCondition(int start) =>
        _scanner.Text.AsSpan(start).IndexOfAny("|:") >= 0 || _scanner.Text.Contains("\\mid", StringComparison.Ordinal);

    private Expression Environment()
    {
        var name = Raw().TrimEnd('*');
        var isMatrix = name.EndsWith("matrix", StringComparison.Ordinal) || name == "array";
        if (name == "array" && IsSign("{")) Raw();
        if (isMatrix) return Matrix(name);
        var inner = List();
        if (!TakeCommand("end")) throw new UnreadableException($"{name} is not closed");
        Raw();
        return inner;
    }

    private Expression Matrix(string name)
    {
        var rows = InBrackets(_at, Rows);
        Take();
        Raw();
        if (rows.Count == 0 || rows.Exists(row => row.Count != rows[0].Count)) throw new UnreadableException("rows of different lengths");
        var matrix = new Matrix(rows);
        return name is "vmatrix" ? new Apply("det", matrix) : matrix;
    }

    private List<IReadOnlyList<Expression>> Rows()
    {
        var rows = new List<IReadOnlyList<Expression>>();
        var row = new List<Expression>();
        while (!IsCommand("end"))
        {
            if (TakeSign("&")) continue;
            if (TakeCommand("\\") || TakeCommand("cr"))
            {
                if (row.Count > 0) rows.Add(row);
                row = [];
                TakeCommand("hline");
                continue;
            }
            if (_next.Kind == TokenKind.End) throw new UnreadableException("a matrix is not closed");
            row.Add(Item());
        }
        if (row.Count > 0) rows.Add(row);
        return rows;
    }
}
