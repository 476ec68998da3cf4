namespace AttnPo.Core.Verification.Expressions;

/// <summary>
/// Reads an answer, in LaTeX or as people type it, by recursive descent: lists of relations of sums of products of powers. Whatever it is
/// given, it ends in an expression or in <see cref="UnreadableException"/>, and never goes deeper than <see cref="Deepest"/>.
/// </summary>
internal sealed partial class MathParser
{
    /// <summary>Brackets, powers, functions and the like within each other.</summary>
    public const int Deepest = 48;

    private static readonly Dictionary<string, RelationKind> Relations = new()
    {
        ["="] = RelationKind.Equal, ["=="] = RelationKind.Equal,
        ["!="] = RelationKind.NotEqual, ["ne"] = RelationKind.NotEqual, ["neq"] = RelationKind.NotEqual,
        ["<"] = RelationKind.Less, ["lt"] = RelationKind.Less,
        [">"] = RelationKind.Greater, ["gt"] = RelationKind.Greater,
        ["<="] = RelationKind.LessOrEqual, ["le"] = RelationKind.LessOrEqual, ["leq"] = RelationKind.LessOrEqual,
        ["leqslant"] = RelationKind.LessOrEqual, ["leqq"] = RelationKind.LessOrEqual,
        [">="] = RelationKind.GreaterOrEqual, ["ge"] = RelationKind.GreaterOrEqual, ["geq"] = RelationKind.GreaterOrEqual,
        ["geqslant"] = RelationKind.GreaterOrEqual, ["geqq"] = RelationKind.GreaterOrEqual,
        ["approx"] = RelationKind.About, ["simeq"] = RelationKind.About, ["doteq"] = RelationKind.About,
        ["in"] = RelationKind.In, ["equiv"] = RelationKind.Congruent,
    };

    // Commands that close what others opened.
    private static readonly HashSet<string> Closing = ["}", "rbrace", "rangle", "rfloor", "rceil", "rvert", "end"];

    // Commands that stand between terms or items: no factor begins with one.
    private static readonly HashSet<string> Parting = ["\\", "newline", "&", "lor", "vee", "land", "wedge", "pm", "mp", "not"];

    private readonly MathScanner _scanner;
    private readonly WorkBudget _budget;

    // The token ahead, and where it was read from: the spaces in front of it are not yet passed over.
    private Token _next;
    private int _at;

    // How deep the reading is in all, in brackets, and in absolute values that the next bar may close.
    private int _depth, _brackets, _bars;

    // Whether a bar (or colon) parts the members of a set from their condition.
    private bool _barEndsItem;

    private MathParser(MathScanner scanner, WorkBudget budget)
    {
        (_scanner, _budget) = (scanner, budget);
        _next = _scanner.Read(0, 0);
    }

    /// <summary>Reads a normalised text; says whether a comma in it may be read otherwise.</summary>
    /// <exception cref="UnreadableException">It is no answer.</exception>
    public static Expression Parse(string text, CommaReading commas, WorkBudget budget, out bool commaIsAmbiguous)
    {
        var scanner = new MathScanner(text, commas, budget);
        var parser = new MathParser(scanner, budget);
        var whole = parser.List();
        commaIsAmbiguous = scanner.CommaIsAmbiguous;
        return parser._next.Kind == TokenKind.End ? whole : throw parser.Unexpected("cannot follow");
    }

    private UnreadableException Unexpected(string problem) => new($"\"{Rest()}\" {problem}");

    /// <summary>The text ahead, as far as an error shows it.</summary>
    private string Rest()
    {
        var rest = _scanner.Text[Math.Min(_at, _scanner.Text.Length)..].Trim();
        return rest.Length > 20 ? rest[..20] + "..." : rest;
    }

    private Token Take()
    {
        var token = _next;
        MoveTo(token.End);
        return token;
    }

    private void MoveTo(int at)
    {
        _at = at;
        _next = _scanner.Read(at, _brackets);
    }

    private bool IsSign(string sign) => _next.Kind == TokenKind.Sign && _next.Text == sign;

    private bool IsCommand(string name) => _next.Kind == TokenKind.Command && _next.Text == name;

    private bool TakeSign(string sign)
    {
        if (!IsSign(sign)) return false;
        Take();
        return true;
    }

    private bool TakeCommand(string name)
    {
        if (!IsCommand(name)) return false;
        Take();
        return true;
    }

    private void Expect(string sign)
    {
        if (!TakeSign(sign)) throw new UnreadableException($"expected \"{sign}\" at \"{Rest()}\"");
    }

    private T Deeper<T>(Func<T> read)
    {
        if (++_depth > Deepest) throw new UnreadableException("nested too deep");
        var result = read();
        _depth--;
        return result;
    }

    /// <summary>Items parted by commas, semicolons, line ends, "and", "or".</summary>
    private Expression List() => Deeper(() =>
    {
        var items = new List<Expression>();
        var isEither = false;
        while (!EndsList())
        {
            isEither |= IsOr();
            if (TakeSeparator()) continue;
            items.Add(Item());
            isEither |= IsOr();
            if (!EndsList() && !TakeSeparator()) throw Unexpected("cannot follow");
        }
        return items switch
        {
            [] => throw new UnreadableException("nothing is there"),
            [var only] => only,
            _ => new Sequence(SequenceKind.List, items, IsEither: isEither),
        };
    });

    private bool EndsList() => _next.Kind == TokenKind.End || IsSign("}") || IsSign(")") || IsSign("]") || (IsBar() && !BarOpens()) || (_barEndsItem && IsSign(":"))
        || (_next.Kind == TokenKind.Command && Closing.Contains(_next.Text));

    private bool IsOr() => _next.Kind switch
    {
        TokenKind.Words => WordTable.IsOr(_next.Text),
        TokenKind.Command => _next.Text is "lor" or "vee",
        _ => false,
    };

    private bool TakeSeparator()
    {
        var parts = _next.Kind switch
        {
            TokenKind.Sign => _next.Text is "," or ";" or "&",
            TokenKind.Command => _next.Text is "\\" or "newline" or "&" or "lor" or "vee" or "land" or "wedge",
            TokenKind.Words => _next.Text.Length == 0 || WordTable.PartAnswers(_next.Text),
            _ => false,
        };
        if (parts) Take();
        return parts;
    }

    private bool IsBar() => IsSign("|") || (_next.Kind == TokenKind.Command && _next.Text is "mid" or "vert" or "|");

    /// <summary>Whether a bar would open an absolute value, and not close one or part a set.</summary>
    private bool BarOpens() => _bars == 0 && !_barEndsItem;

    private Expression Item()
    {
        var members = new List<Expression> { Sets() };
        var operators = new List<RelationKind>();
        while (TakeRelation() is { } relation)
        {
            operators.Add(relation);
            members.Add(Sets());
        }
        return operators.Count == 0 ? members[0] : new Relation(operators, members);
    }

    private RelationKind? TakeRelation()
    {
        // The alignment mark before a relation parts nothing.
        if (IsSign("&"))
        {
            var ahead = _scanner.Read(_next.End, _brackets);
            if (ahead.Kind is TokenKind.Sign or TokenKind.Command && Relations.ContainsKey(ahead.Text)) Take();
        }
        if (_next.Kind is not (TokenKind.Sign or TokenKind.Command)) return null;
        var negated = IsCommand("not");
        if (negated) Take();
        if (!Relations.TryGetValue(_next.Text, out var relation))
            return negated ? throw new UnreadableException("expected a relation behind \\not") : null;
        Take();
        TakeSign("&");
        if (!negated) return relation;
        return relation == RelationKind.Equal ? RelationKind.NotEqual : throw new UnreadableException("a negated relation");
    }

    private Expression Sets()
    {
        var first = Ratios();
        while (_next.Kind == TokenKind.Command && Operator(_next.Text) is { } sign)
        {
            Take();
            IReadOnlyList<Expression> before = first is SetOperation operation && operation.Operator == sign ? operation.Sets : [first];
            first = new SetOperation(sign, [.. before, Ratios()]);
        }
        return first;
    }

    private static char? Operator(string command) => command switch
    {
        "cup" or "bigcup" => '∪',
        "cap" or "bigcap" => '∩',
        "setminus" or "backslash" => '∖',
        _ => null,
    };

    private Expression Ratios()
    {
        var first = Additive();
        if (!IsSign(":") || _barEndsItem) return first;
        var parts = new List<Expression> { first };
        while (TakeSign(":")) parts.Add(Additive());
        // 8:34 P.M.: what is said of the last part is said of all.
        var unit = parts[^1] is Quantity quantity ? quantity.Unit : null;
        if (parts[^1] is Quantity last) parts[^1] = last.Value;
        if (unit is not null && !parts.Exists(part => part is Words)) return new Quantity(new Ratio(parts), unit);
        return parts.Exists(part => part is Words) ? throw new UnreadableException("words in a ratio") : new Ratio(parts);
    }
}
