using System.Globalization;
using System.Numerics;

namespace AttnPo.Core.Verification.Expressions;

/// <summary>Numbers, names, brackets, and what stands above, below and behind them.</summary>
internal sealed partial class MathParser
{
    private Expression Factor() => Postfix(Deeper(Primary));

    private Expression Postfix(Expression value)
    {
        for (var count = 0; ; count++)
        {
            if (count > Deepest) throw new UnreadableException("nested too deep");
            if (TakeSign("^") || TakeSign("**")) value = Raised(value);
            else if (TakeSign("!")) value = new Apply(Apply.Factorial, value);
            else if (TakeSign("%") || TakeCommand("%")) value = new Product([value, new Constant(NamedConstant.Percent)]);
            else if (TakeCommand("degree") || TakeCommand("circ")) value = new Product([value, new Constant(NamedConstant.Degree)]);
            else if (TakeSign("'") || TakeCommand("prime")) value = Primed(value);
            else if (value is not Symbol && TakeSign("_")) value = new Apply("_", [value, new Words(MathText.Letters(Raw()) ?? "")]);
            else return value;
        }
    }

    private static Expression Primed(Expression value) => value is Symbol symbol ? new Symbol(symbol.Name + "'") : new Apply("'", value);

    private Expression Raised(Expression value)
    {
        var group = GroupAhead()?.Trim() ?? "";
        if (IsCommand("circ") || group is @"\circ" or "o" or @"\degree")
        {
            Argument();
            return new Product([value, new Constant(NamedConstant.Degree)]);
        }
        if (IsCommand("prime") || group.StartsWith(@"\prime", StringComparison.Ordinal))
        {
            Argument();
            return Primed(value);
        }
        if (IsSign("-") || IsSign("+"))
        {
            var sign = TakeSigns(out _);
            var exponent = Deeper(Primary);
            return new Power(value, sign < 0 ? Negative(exponent) : exponent);
        }
        var power = Argument();
        // Towers stand on their right.
        if (TakeSign("^") || TakeSign("**")) power = Deeper(() => Raised(power));
        return new Power(value, power);
    }

    /// <summary>What a command takes: a group, or the one sign behind it.</summary>
    private Expression Argument()
    {
        var at = _scanner.SkipSpace(_at);
        if (at < _scanner.Text.Length && char.IsAsciiDigit(_scanner.Text[at]))
        {
            MoveTo(at + 1);
            return new Number(_scanner.Text[at] - '0');
        }
        if (IsSign("{")) return Group();
        if (_next.Kind is TokenKind.Letter or TokenKind.Words)
        {
            MoveTo(at + 1);
            return Named(_scanner.Text[at].ToString());
        }
        return Deeper(Primary);
    }

    private Expression Group()
    {
        var inner = InBrackets(_next.End, () => IsSign("}") ? new Words("") : List());
        Expect("}");
        return inner;
    }

    /// <summary>What the group ahead holds, unread; null where none stands there.</summary>
    private string? GroupAhead()
    {
        var at = _scanner.SkipSpace(_at);
        return at < _scanner.Text.Length && _scanner.Text[at] == '{' ? _scanner.Text[(at + 1).._scanner.ClosingBrace(at)] : null;
    }

    /// <summary>The one sign ahead, or the words of a command for such; empty at the end.</summary>
    private string SignAhead()
    {
        var at = _scanner.SkipSpace(_at);
        if (at >= _scanner.Text.Length) return "";
        return _scanner.Text[at] == '\\' && _next.Kind == TokenKind.Words ? _next.Text : _scanner.Text[at].ToString();
    }

    /// <summary>A group or sign as it is written, unread.</summary>
    private string Raw()
    {
        var at = _scanner.SkipSpace(_at);
        if (at >= _scanner.Text.Length) throw new UnreadableException("something is missing at the end");
        if (GroupAhead() is { } group)
        {
            MoveTo(at + group.Length + 2);
            return group;
        }
        if (_scanner.Text[at] == '\\') return "\\" + Take().Text;
        MoveTo(at + 1);
        return _scanner.Text[at].ToString();
    }

    private Expression Primary()
    {
        _budget.Spend(10);
        switch (_next.Kind)
        {
            case TokenKind.Number:
                var number = Take();
                return IsSign("_") ? InBase(number) : number.Value!;
            case TokenKind.Letter:
                return Named(Take().Text);
            case TokenKind.Words:
                var words = Take().Text;
                while (IsUnit()) words += " " + Take().Text;
                return words.Trim().Length == 0 ? throw new UnreadableException("an empty text") : Subscripted(words.Trim(), word: true);
            case TokenKind.Command:
                return Command(Take().Text);
            case TokenKind.Sign when IsBar():
                Take();
                return Absolute();
            case TokenKind.Sign:
                return Bracket();
            default:
                throw new UnreadableException("something is missing at the end");
        }
    }

    /// <summary>4210_7: digits and their base.</summary>
    private Expression InBase(Token digits)
    {
        Take();
        var written = MathText.Letters(Raw());
        if (!int.TryParse(written, NumberStyles.None, CultureInfo.InvariantCulture, out var @base) || @base is < 2 or > 36
            || digits.Text.Length == 0 || digits.Text.Any(digit => digit - '0' >= @base)
            || digits.Value is not { Decimals: 0, Value.IsInteger: true })
            throw new UnreadableException("no number in that base");
        _budget.SpendProduct(4L * digits.Text.Length, 4L * digits.Text.Length);
        var value = digits.Text.Aggregate(BigInteger.Zero, (sum, digit) => sum * @base + (digit - '0'));
        return new Number(value);
    }

    private Expression Named(string letter)
    {
        var name = Subscripted(letter, word: false);
        if (name is Symbol { Name: "e" }) return new Constant(NamedConstant.E);
        if (name is Symbol { Name: "i" }) return new Constant(NamedConstant.I);
        return name is Symbol symbol ? Applied(symbol) : name;
    }

    /// <summary>A subscript of digits or words belongs to the name; any other is an index, and the name that of a sequence.</summary>
    private Expression Subscripted(string name, bool word)
    {
        if (!IsSign("_")) return word ? new Words(name) : new Symbol(name);
        Take();
        var raw = GroupAhead() ?? SignAhead();
        var letters = MathText.Letters(raw) ?? throw new UnreadableException("an empty subscript");
        if (raw.AsSpan().IndexOfAny("+-*/^(,") >= 0 || !IsPartOfName(letters)) return new Apply(name + "_", Argument());
        Raw();
        return new Symbol($"{name}_{letters}");
    }

    private static bool IsPartOfName(string subscript) =>
        subscript.All(char.IsAsciiDigit) || (subscript.Length > 1 && subscript.All(char.IsLetterOrDigit));

    /// <summary>f(x): what is written like the value of a function is one.</summary>
    private Expression Applied(Symbol name)
    {
        var function = name.Name;
        while (TakeSign("'") || TakeCommand("prime")) function += "'";
        if (!IsSign("(") || !MayBeFunction(function[0])) return new Symbol(function);
        return Bracket() is var argument && argument is Sequence { Kind: not SequenceKind.Set } several
            ? new Apply(function, several.Items) : new Apply(function, argument);
    }

    /// <summary>Whether a letter in front of a bracket names a function: some always do, others only of one name or number.</summary>
    private bool MayBeFunction(char letter) =>
        letter is >= 'f' and <= 'h' or >= 'F' and <= 'H' || (letter is 'P' or 'Q' or 'p' or 'q' or 'T' or 'y' && HoldsOneName(_next.End));

    private bool HoldsOneName(int at)
    {
        var inner = _scanner.Read(at, 1);
        return inner.Kind is TokenKind.Letter or TokenKind.Number && _scanner.Read(inner.End, 1) is { Kind: TokenKind.Sign, Text: ")" };
    }

    /// <summary>What stands behind an opening bar, up to the closing one.</summary>
    private Apply Absolute()
    {
        _bars++;
        var inner = List();
        _bars--;
        if (!IsBar() && !IsCommand("rvert")) throw new UnreadableException("a bar is not closed");
        Take();
        return new Apply(Apply.Abs, inner);
    }

    private Expression Bracket()
    {
        var open = _next.Text;
        if (open == "{") return Group();
        if (open is not ("(" or "[" or "]")) throw Unexpected("cannot be read");
        var inner = Inside(out var close, close => close is ")" or "]" || (close == "[" && open == "]"));
        if (inner is Sequence { Kind: SequenceKind.List } list)
            return new Sequence(SequenceKind.Tuple, list.Items, OpenLeft: open != "[", OpenRight: close != "]");
        return (open, close) is ("(", ")") or ("[", "]") ? inner : throw new UnreadableException("brackets that do not match");
    }

    private Expression Inside(out string close, Func<string, bool> closes)
    {
        var inner = InBrackets(_next.End, List);
        close = _next.Text;
        if (!closes(close)) throw new UnreadableException("a bracket is not closed");
        Take();
        return inner;
    }

    /// <summary>
    /// What is read from a place right behind an opening bracket: commas part items there, and bars that stand around the bracket neither
    /// end anything nor are closed.
    /// </summary>
    private T InBrackets<T>(int start, Func<T> read)
    {
        var (bars, barEndsItem) = (_bars, _barEndsItem);
        (_bars, _barEndsItem) = (0, false);
        _brackets++;
        MoveTo(start);
        var inner = read();
        _brackets--;
        (_bars, _barEndsItem) = (bars, barEndsItem);
        return inner;
    }
}
