namespace AttnPo.Core.Verification.Expressions;

/// <summary>What commands make of what follows them.</summary>
internal sealed partial class MathParser
{
    private static readonly HashSet<string> Functions =
    [
        "sin", "cos", "tan", "cot", "sec", "csc", "arcsin", "arccos", "arctan", "arccot", "sinh", "cosh", "tanh", "coth",
        "exp", "ln", "lg", "log", "max", "min", "gcd", "lcm", "sgn", "Re", "Im", "det", "arg", "deg", "dim", "ker", "Pr",
    ];

    private static readonly Dictionary<string, string> OtherNames = new()
    {
        ["asin"] = "arcsin", ["acos"] = "arccos", ["atan"] = "arctan", ["cosec"] = "csc", ["tg"] = "tan", ["ctg"] = "cot", ["sign"] = "sgn",
    };

    private Expression Command(string name)
    {
        switch (name)
        {
            case "frac" or "dfrac" or "tfrac" or "cfrac" or "sfrac":
                var over = Argument();
                return new Product([over, Reciprocal(Argument())]);
            case "binom" or "dbinom" or "tbinom":
                var from = Argument();
                return new Apply(Apply.Binomial, [from, Argument()]);
            case "sqrt": return SquareRoot();
            case "pi": return new Constant(NamedConstant.Pi);
            case "infty" or "infin": return new Constant(NamedConstant.Infinity);
            case "emptyset" or "varnothing": return new Sequence(SequenceKind.Set, []);
            case "boxed" or "fbox" or "displaystyle" or "hphantom" or "mathstrut" or "ensuremath": return Argument();
            case "mathrm" or "mathbf" or "mathit" or "mathsf" or "operatorname" or "bm" or "boldsymbol" or "mathcal": return Styled();
            case "mathbb": return new Symbol("\\mathbb " + MathText.Letters(Raw()));
            case "R" or "N" or "Z" or "Q" or "C" when !IsSign("_"): return new Symbol("\\mathbb " + name);
            case "overline" or "bar": return Barred();
            case "vec" or "hat" or "tilde" or "overrightarrow" or "widehat" or "underline":
                return new Symbol($"\\{name} {MathText.Letters(Raw())}");
            case "begin": return Environment();
            case "{" or "lbrace": return Braces();
            case "lfloor": return Between("floor", "rfloor");
            case "lceil": return Between("ceil", "rceil");
            case "lvert" or "|" or "vert" or "mid": return Absolute();
            case "langle":
                return Between("", "rangle") is Apply { Arguments: [Sequence { Items: var items }] }
                    ? new Sequence(SequenceKind.Tuple, items, true, true) : throw new UnreadableException("no vector");
            case "sum" or "prod" or "int" or "lim" or "iint" or "oint": return Bound(name);
            case "angle" or "triangle" or "measuredangle" or "$" or "therefore" or "because": return Factor();
            case "ldots" or "dots" or "cdots" or "vdots" or "ddots": return new Symbol("...");
            case "degree": return new Constant(NamedConstant.Degree);
            case "abs" when IsSign("(") || IsSign("{"): return new Apply(Apply.Abs, Bracket());
            case "varphi": return Named("\\phi");
            case "varepsilon": return Named("\\epsilon");
            case "}" or "rangle" or "end" or "\\" or "^" or "_" or "#" or "&":
                throw new UnreadableException($"\\{name} cannot stand here");
        }
        name = OtherNames.GetValueOrDefault(name, name);
        return Functions.Contains(name) ? Function(name) : Named("\\" + name);
    }

    private Expression SquareRoot()
    {
        var degree = IsSign("[") ? Inside(out _, close => close == "]") : new Number(2);
        return new Apply(Apply.Root, [Argument(), degree]);
    }

    /// <summary>Upright or bold: a function's name, one letter, or words.</summary>
    private Expression Styled()
    {
        var at = _scanner.SkipSpace(_at);
        var raw = Raw();
        var letters = MathText.Letters(raw);
        if (letters is null) return StartsFactor() ? Factor() : throw new UnreadableException("an empty text");
        letters = OtherNames.GetValueOrDefault(letters, letters);
        if (Functions.Contains(letters)) return Function(letters);
        if (letters.Length == 1 && char.IsLetter(letters[0]) && raw.Trim().Length == 1) return Named(letters);
        if (letters.All(char.IsLetter) && !raw.Contains('\\')) return new Words(raw.Trim());
        // Anything else is read as if it stood there without style.
        MoveTo(at);
        return IsSign("{") ? Group() : Deeper(Primary);
    }

    private Expression Barred()
    {
        var raw = MathText.Letters(Raw());
        return raw is "z" or "w" ? new Apply("conj", new Symbol(raw)) : new Symbol("\\bar " + raw);
    }

    private Expression Function(string name)
    {
        Expression? @base = null, power = null;
        for (var i = 0; i < 2; i++)
        {
            if (TakeSign("_")) @base = Argument();
            else if (TakeSign("^")) power = IsSign("-") ? SignedFactor() : Argument();
        }
        if (power is Number { Value: var exponent } && exponent == -1 && KnownFunctions.Has("arc" + name, 1)) (name, power) = ("arc" + name, null);
        var argument = FunctionArgument();
        var takesSeveral = name is "max" or "min" or "gcd" or "lcm" or "log";
        var arguments = takesSeveral && argument is Sequence { Kind: SequenceKind.Tuple } several ? several.Items : [argument];
        if (@base is not null) arguments = [.. arguments, @base];
        var value = new Apply(name, arguments);
        return power is null ? value : new Power(value, power);
    }

    /// <summary>What is in the brackets, or the factors up to the next function, sign or operator.</summary>
    private Expression FunctionArgument() => Deeper<Expression>(() =>
    {
        if (IsSign("(") || IsSign("{") || IsSign("["))
        {
            var inner = Bracket();
            return IsSign("^") ? Postfix(inner) : inner;
        }
        var sign = TakeSigns(out _);
        var factors = new List<Expression> { Factor() };
        while (StartsFactor() && !IsSign("(") && !IsSign("[") && !IsFunction()) factors.Add(Factor());
        return sign < 0 ? Negative(Whole(factors)) : Whole(factors);
    });

    private bool IsFunction() => _next.Kind == TokenKind.Command && Functions.Contains(_next.Text);

    private Expression Bound(string kind)
    {
        Expression? lower = null, upper = null;
        for (var i = 0; i < 2; i++)
        {
            if (TakeSign("_")) lower = LowerBound();
            else if (TakeSign("^")) upper = Argument();
        }
        var variable = "x";
        if (lower is Relation { Members: [Symbol symbol, var first] }) (variable, lower) = (symbol.Name, first);
        else if (lower is Relation { Members: [Constant { Name: NamedConstant.I }, var start] }) (variable, lower) = ("i", start);
        var isSum = kind is "sum" or "prod";
        var body = Deeper(() => isSum ? Term() : Additive());
        Expression[] bounds = [.. new[] { lower, upper }.OfType<Expression>()];
        if (kind.EndsWith("int", StringComparison.Ordinal)) (variable, body) = Differential(body);
        return new Binder(kind, variable, bounds, variable == "i" ? Renamed(body) : body);
    }

    private Expression LowerBound()
    {
        if (!IsSign("{")) return Argument();
        var bound = InBrackets(_next.End, () =>
        {
            var inner = Item();
            return TakeCommand("to") || TakeCommand("rightarrow") ? new Relation([RelationKind.Equal], [inner, Item()]) : inner;
        });
        if (IsSign("^")) SkipGroupRest();
        Expect("}");
        return bound;
    }

    // x \to 0^+: from which side does not matter here.
    private void SkipGroupRest()
    {
        while (_next.Kind != TokenKind.End && !IsSign("}")) Take();
    }

    /// <summary>The last factor "dx" names the variable.</summary>
    private static (string Variable, Expression Body) Differential(Expression body)
    {
        if (body is Product { Factors: { Count: > 2 } factors } && factors[^2] is Symbol { Name: "d" } && factors[^1] is Symbol variable)
            return (variable.Name, new Product([.. factors.Take(factors.Count - 2)]));
        return ("x", body);
    }

    /// <summary>Under a sign that binds it, i is a variable.</summary>
    private static Expression Renamed(Expression body) =>
        ExpressionTree.Replace(body, part => part is Constant { Name: NamedConstant.I } ? new Symbol("i") : null);
}
