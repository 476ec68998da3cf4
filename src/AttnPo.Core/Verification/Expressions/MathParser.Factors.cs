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
            if (IsSign("^") || IsSign("**"))
            {
                Take();
                value = Raised(value);
            }
            else if (TakeSign("!")) value = new Apply(Apply.Factorial, value);
            else if (TakeSign("%") || TakeCommand("%")) value = new Product([value, new Constant(NamedConstant.Percent)]);
            else if (TakeCommand("degree") || TakeCommand("circ")) value = new Product([value, new Constant(NamedConstant.Degree)]);
            else if (IsSign("'") || IsCommand("prime"))
            {
                Take();
                value = value is Symbol symbol ? new Symbol(symbol.Name + "'") : new Apply("'", value);
            }
            else if (IsSign("_") && value is not Symbol)
            {
                Take();
                value = new Apply("_", [value, new Words(MathText.Letters(Raw()) ?? "")]);
            }
            else return value;
        }
    }

    private bool TakeCommand(string name)
    {
        if (!IsCommand(name)) return false;
        Take();
        return true;
    }

    private Expression Raised(Expression value)
    {
        var at = _scanner.SkipSpace(_at);
        var raw = at < _scanner.Text.Length && _scanner.Text[at] == '{' ? _scanner.Text[(at + 1).._scanner.ClosingBrace(at)] : "";
        if (IsCommand("circ") || raw.Trim() is @"\circ" or "o" or @"\degree")
        {
            Argument();
            return new Product([value, new Constant(NamedConstant.Degree)]);
        }
        if (IsCommand("prime") || raw.Trim().StartsWith(@"\prime", StringComparison.Ordinal))
        {
            Argument();
            return value is Symbol symbol ? new Symbol(symbol.Name + "'") : new Apply("'", value);
        }
        if (IsSign("-") || IsSign("+"))
        {
            var sign = TakeSigns(out _);
            var exponent = Deeper(Primary);
            return new Power(value, sign < 0 ? Negative(exponent) : exponent);
        }
        var power = Argument();
        // Towers stand on their right.
        if (IsSign("^") || IsSign("**"))
        {
            Take();
            power = Deeper(() => Raised(power));
        }
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
        if (_next.Kind == TokenKind.Letter || _next.Kind == TokenKind.Words)
        {
            MoveTo(at + 1);
            return Named(_scanner.Text[at].ToString());
        }
        return Deeper(Primary);
    }

    private Expression Group()
    {
        Take();
        if (TakeSign("}")) return new Words("");
        _brackets++;
        var (bars, ends) = (_bars, _barEndsItem);
        (_bars, _barEndsItem) = (0, false);
        MoveTo(_at);
        var inner = List();
        (_bars, _barEndsItem) = (bars, ends);
        _brackets--;
        Expect("}");
        return inner;
    }

    /// <summary>A group or sign as it is written, unread.</summary>
    private string Raw()
    {
        var at = _scanner.SkipSpace(_at);
        if (at >= _scanner.Text.Length) throw new UnreadableException("something is missing at the end");
        if (_scanner.Text[at] == '{')
        {
            var close = _scanner.ClosingBrace(at);
            MoveTo(close + 1);
            return _scanner.Text[(at + 1)..close];
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
                while (_next.Kind == TokenKind.Words && !WordTable.PartAnswers(_next.Text)) words += " " + Take().Text;
                return words.Trim().Length == 0 ? throw new UnreadableException("an empty text") : Subscripted(words.Trim(), word: true);
            case TokenKind.Command:
                return Command(Take().Text);
            case TokenKind.Sign when IsBar():
                return Bars();
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
            || digits.Text.Length == 0 || digits.Text.Any(digit => digit - '0' >= @base) || digits.Value!.Decimals > 0)
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
        return Applied(name);
    }

    /// <summary>A subscript of digits or words belongs to the name; any other is an index, and the name that of a sequence.</summary>
    private Expression Subscripted(string name, bool word)
    {
        if (!IsSign("_")) return word ? new Words(name) : new Symbol(name);
        Take();
        var at = _scanner.SkipSpace(_at);
        var raw = at < _scanner.Text.Length && _scanner.Text[at] == '{' ? _scanner.Text[(at + 1).._scanner.ClosingBrace(at)] : _scanner.Text.Substring(Math.Min(at, _scanner.Text.Length - 1), 1);
        var letters = MathText.Letters(raw);
        if (letters is null) throw new UnreadableException("an empty subscript");
        var isName = raw.AsSpan().IndexOfAny("+-*/^(,") < 0 && (letters.All(char.IsAsciiDigit) || (letters.Length > 1 && letters.All(char.IsLetterOrDigit)));
        if (!isName) return new Apply(name + "_", Argument());
        Raw();
        return new Symbol($"{name}_{letters}");
    }

    /// <summary>f(x): what is written like the value of a function is one.</summary>
    private Expression Applied(Expression name)
    {
        var symbol = (name as Symbol)?.Name;
        while (IsSign("'") || IsCommand("prime"))
        {
            Take();
            symbol += "'";
        }
        if (symbol is null) return name;
        if (symbol != (name as Symbol)?.Name) name = new Symbol(symbol);
        if (!IsSign("(") || symbol[0] is not (>= 'f' and <= 'h' or 'F' or 'G' or 'H' or 'P' or 'Q' or 'p' or 'q' or 'T' or 'y')) return name;
        if (symbol[0] is not (>= 'f' and <= 'h' or 'F' or 'G' or 'H') && !HoldsOneName(_next.End)) return name;
        return Bracket() is var argument && argument is Sequence { Kind: not SequenceKind.Set } several
            ? new Apply(symbol, several.Items) : new Apply(symbol, argument);
    }

    private bool HoldsOneName(int at)
    {
        var inner = _scanner.Read(at, 1);
        return inner.Kind is TokenKind.Letter or TokenKind.Number && _scanner.Read(inner.End, 1) is { Kind: TokenKind.Sign, Text: ")" };
    }

    private Expression Bars()
    {
        Take();
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
        if (open is not ("(" or "[" or "]")) throw new UnreadableException($"\"{Shown(_scanner.Text[Math.Min(_at, _scanner.Text.Length)..])}\" cannot be read");
        var items = Inside(out var close, close => close is ")" or "]" || (close == "[" && open == "]"));
        if (items.Count == 1 && open == "(" && close == ")") return items[0] is Sequence { Kind: SequenceKind.List } list ? new Sequence(SequenceKind.Tuple, list.Items, true, true) : items[0];
        if (items.Count == 1 && items[0] is not Sequence { Kind: SequenceKind.List })
            return open == "[" && close == "]" ? items[0] : throw new UnreadableException("brackets that do not match");
        return new Sequence(SequenceKind.Tuple, ((Sequence)items[0]).Items, open != "[", close != "]");
    }

    private List<Expression> Inside(out string close, Func<string, bool> closes)
    {
        _brackets++;
        var (bars, ends) = (_bars, _barEndsItem);
        (_bars, _barEndsItem) = (0, false);
        Take();
        var inner = List();
        _brackets--;
        (_bars, _barEndsItem) = (bars, ends);
        close = _next.Text;
        if (_next.Kind == TokenKind.End || !closes(close)) throw new UnreadableException("a bracket is not closed");
        Take();
        return [inner];
    }
}
