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
        ["="] = RelationKind.Equal, ["=="] = RelationKind.Equal, ["<"] = RelationKind.Less, [">"] = RelationKind.Greater,
        ["<="] = RelationKind.LessOrEqual, [">="] = RelationKind.GreaterOrEqual, ["!="] = RelationKind.NotEqual,
        ["le"] = RelationKind.LessOrEqual, ["leq"] = RelationKind.LessOrEqual, ["leqslant"] = RelationKind.LessOrEqual, ["leqq"] = RelationKind.LessOrEqual,
        ["ge"] = RelationKind.GreaterOrEqual, ["geq"] = RelationKind.GreaterOrEqual, ["geqslant"] = RelationKind.GreaterOrEqual, ["geqq"] = RelationKind.GreaterOrEqual,
        ["lt"] = RelationKind.Less, ["gt"] = RelationKind.Greater, ["ne"] = RelationKind.NotEqual, ["neq"] = RelationKind.NotEqual,
        ["approx"] = RelationKind.About, ["simeq"] = RelationKind.About, ["doteq"] = RelationKind.About, ["in"] = RelationKind.In, ["equiv"] = RelationKind.Congruent,
    };

    private readonly MathScanner _scanner;
    private readonly WorkBudget _budget;
    private Token _next;
    private int _at, _depth, _brackets, _bars;
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
        return parser._next.Kind == TokenKind.End ? whole : throw new UnreadableException($"\"{Shown(text[parser._at..])}\" cannot follow");
    }

    private static string Shown(string text) => text.Trim() is { Length: > 20 } rest ? rest[..20] + "..." : text.Trim();

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

    private void Expect(string sign)
    {
        if (!TakeSign(sign)) throw new UnreadableException($"expected \"{sign}\" at \"{Shown(_scanner.Text[_at..])}\"");
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
        while (!EndsList())
        {
            if (TakeSeparator()) continue;
            items.Add(Item());
            if (!EndsList() && !TakeSeparator()) throw new UnreadableException($"\"{Shown(_scanner.Text[_at..])}\" cannot follow");
        }
        return items switch
        {
            [] => throw new UnreadableException("nothing is there"),
            [var only] => only,
            _ => new Sequence(SequenceKind.List, items),
        };
    });

    private bool EndsList() => _next.Kind == TokenKind.End || IsSign("}") || IsSign(")") || IsSign("]") || (_bars > 0 && IsBar())
        || (_barEndsItem && IsBar()) || (_next.Kind == TokenKind.Command && _next.Text is "}" or "rangle" or "end" or "rfloor" or "rceil" or "rvert" or "rbrace");

    private bool TakeSeparator()
    {
        var parts = IsSign(",") || IsSign(";") || IsCommand("\\") || IsCommand("newline") || IsSign("&") || IsCommand("&")
            || (_next.Kind == TokenKind.Words && (WordTable.PartAnswers(_next.Text) || (_next.Text.Length == 0)))
            || (_next.Kind == TokenKind.Command && _next.Text is "lor" or "vee" or "land" or "wedge");
        if (parts) Take();
        return parts;
    }

    private bool IsBar() => IsSign("|") || (_next.Kind == TokenKind.Command && _next.Text is "mid" or "vert" or "|");

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
        return !negated ? relation : relation == RelationKind.Equal ? RelationKind.NotEqual : throw new UnreadableException("a negated relation");
    }

    private Expression Sets()
    {
        var first = Ratios();
        while (_next.Kind == TokenKind.Command && Operator(_next.Text) is { } sign)
        {
            Take();
            first = first is SetOperation operation && operation.Operator == sign
                ? new SetOperation(sign, [.. operation.Sets, Ratios()]) : new SetOperation(sign, [first, Ratios()]);
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

    private Expression Additive()
    {
        var terms = new List<Expression>();
        while (true)
        {
            var sign = TakeSigns(out var plusMinus);
            if (terms.Count > 0 && sign is null) break;
            var term = Term();
            if (sign < 0) term = Negative(term);
            if (plusMinus is not null) term = new Apply(plusMinus, term);
            terms.Add(term);
            if (!IsSign("+") && !IsSign("-") && !IsCommand("pm") && !IsCommand("mp")) break;
        }
        if (terms.Count == 1) return terms[0];
        // What is said of the last term is said of the sum: 2 + \sqrt{3} \text{ cm}.
        if (terms[^1] is Quantity quantity)
        {
            terms[^1] = quantity.Value;
            return new Quantity(new Sum(terms), quantity.Unit);
        }
        return new Sum(terms);
    }

    private static Expression Negative(Expression term) => term switch
    {
        Number { Digits: 0 } number => new Number(-number.Value),
        Quantity quantity => quantity with { Value = Negative(quantity.Value) },
        Product product => new Product([new Number(-1), .. product.Factors]),
        _ => new Product([new Number(-1), term]),
    };

    /// <summary>The sign of a term: null where none stands.</summary>
    private int? TakeSigns(out string? plusMinus)
    {
        (int? sign, plusMinus) = (null, null);
        while (true)
        {
            if (TakeSign("+")) sign ??= 1;
            else if (TakeSign("-")) sign = -(sign ?? 1);
            else if (IsCommand("pm") || IsCommand("mp"))
            {
                plusMinus = Take().Text == "pm" ? Apply.PlusMinus : Apply.MinusPlus;
                sign ??= 1;
            }
            else return sign;
        }
    }

    private Expression Term()
    {
        var factors = new List<Expression> { Factor() };
        var mayBeMixed = factors[0] is Number { Digits: 0, Value.IsInteger: true };
        string? unit = null;
        while (true)
        {
            if (IsSign("*") || (_next.Kind == TokenKind.Command && _next.Text is "cdot" or "times" or "ast" or "cdotp" or "*"))
            {
                Take();
                factors.Add(SignedFactor());
            }
            else if (IsSign("/") || IsCommand("div") || IsCommand("slash"))
            {
                Take();
                if (unit is not null && _next.Kind == TokenKind.Words) unit += "/" + Take().Text;
                else factors.Add(Reciprocal(SignedFactor()));
            }
            else if (IsCommand("bmod") || IsCommand("mod"))
            {
                Take();
                factors = [new Apply("mod", [Whole(factors), Factor()])];
            }
            else if (_next.Kind == TokenKind.Words && !WordTable.PartAnswers(_next.Text))
            {
                unit = Unit(unit);
            }
            else if (IsCommand("pmod") || IsCommand("$"))
            {
                // Currencies stand on either side of their number.
                if (Take().Text == "pmod") unit = "mod " + MathText.Letters(Raw());
            }
            else if (unit is null && StartsFactor())
            {
                var behind = Factor();
                // 1 1/2
                if (mayBeMixed && behind is Number { Digits: 0, Value.IsInteger: true } && IsSign("/"))
                {
                    Take();
                    behind = new Product([behind, Reciprocal(Factor())]);
                }
                if (behind is Words unitInBraces)
                {
                    unit = unitInBraces.Text;
                    continue;
                }
                if (IsProse(factors[^1])) throw new UnreadableException("words in front of a value");
                if (mayBeMixed && factors.Count == 1 && IsProperFraction(behind)) factors[0] = new Sum([factors[0], behind]);
                else factors.Add(behind);
            }
            else break;
            mayBeMixed = false;
        }
        var whole = Whole(factors);
        return unit is null ? whole : new Quantity(whole, unit.Trim());
    }

    private static Expression Whole(List<Expression> factors) => factors.Count == 1 ? factors[0] : new Product([.. factors]);

    private string Unit(string? before)
    {
        var unit = before is null ? Take().Text : before + " " + Take().Text;
        while (_next.Kind == TokenKind.Words && !WordTable.PartAnswers(_next.Text)) unit += " " + Take().Text;
        if (!IsSign("^")) return unit;
        Take();
        return unit + "^" + MathText.Letters(Raw());
    }

    private Expression SignedFactor()
    {
        var sign = TakeSigns(out var plusMinus);
        var factor = Factor();
        if (plusMinus is not null) factor = new Apply(plusMinus, factor);
        return sign < 0 ? Negative(factor) : factor;
    }

    // ABCD may be a product; what is written small or has a space is none.
    private static bool IsProse(Expression factor) => factor is Words { Text: var words } && words.Any(c => !char.IsAsciiLetterUpper(c));

    private static Expression Reciprocal(Expression factor) => new Power(factor, new Number(-1));

    private static bool IsProperFraction(Expression expression) =>
        expression is Product { Factors: [Number { Digits: 0, Value: { IsInteger: true, Sign: > 0 } over }, Power { Base: Number { Digits: 0, Value: { IsInteger: true } under }, Exponent: Number { Value: var minus } }] }
        && minus == -1 && over.CompareTo(under) < 0;

    private bool StartsFactor() => _next.Kind switch
    {
        TokenKind.Number or TokenKind.Letter => true,
        TokenKind.Sign => _next.Text is "(" or "[" or "{" || (IsBar() && _bars == 0 && !_barEndsItem),
        TokenKind.Command => !Relations.ContainsKey(_next.Text) && Operator(_next.Text) is null && _next.Text is not ("}" or "rangle" or "end" or "rfloor" or "rceil"
            or "rvert" or "rbrace" or "\\" or "pm" or "mp" or "not" or "newline" or "&" or "lor" or "vee" or "land" or "wedge") && (!IsBar() || (_bars == 0 && !_barEndsItem)),
        _ => false,
    };
}
