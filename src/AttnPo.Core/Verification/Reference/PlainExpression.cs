using System.Globalization;
using System.Numerics;
using System.Text.RegularExpressions;
using AttnPo.Core.Verification.Expressions;

namespace AttnPo.Core.Verification.Reference;

/// <summary>
/// Reads the plain form as the published reward's algebra system does: Python's operators, products without a sign, and a name of several
/// letters as the product of them, where it is not that of a known constant, function or Greek letter. A name in front of a bracket
/// multiplies it too. The products that are so found bind no more than written ones: 1/2x is x/2, and 2^xy is 2^x times y.
/// </summary>
internal sealed partial class PlainExpression
{
    // Of so many bits.
    private const int LargestNumber = 1 << 14;

    private static readonly Dictionary<string, string> Functions = new()
    {
        ["sqrt"] = Apply.Root, ["ln"] = "ln", ["csc"] = "csc", ["re"] = "Re", ["im"] = "Im",
    };

    // Names of the algebra system and of Python that mean something else than a product; what is read from two letters at most has no others.
    private static readonly string[] Foreign =
    [
        "as", "if", "in", "is", "or", "nan", "oo", "zoo", "gff", "rf", "ff", "frac", "li", "jn", "yn", "hn1", "hn2", "fft", "ntt", "fu", "eye", "all", "id",
    ];

    private readonly List<Piece> _pieces;
    private readonly WorkBudget _budget;
    private int _at, _depth;

    private PlainExpression(List<Piece> pieces, WorkBudget budget) => (_pieces, _budget) = (pieces, budget);

    /// <summary>An operator, or a value, or the name of a function with a bracket behind it.</summary>
    private readonly record struct Piece(string Sign, Expression? Value = null)
    {
        public bool IsFunction => Value is null && Functions.ContainsKey(Sign);

        public bool StartsValue => Value is not null || IsFunction || Sign == "(";

        public bool EndsValue => Value is not null || Sign is ")" or "!";
    }

    /// <summary>Reads a form.</summary>
    /// <exception cref="UnreadableException">The algebra system would not take it, or not as a number.</exception>
    public static Expression Parse(string form, WorkBudget budget)
    {
        budget.Spend(10L * form.Length);
        var reading = new PlainExpression(Pieces(form.Replace("^", "**", StringComparison.Ordinal)), budget);
        var whole = reading.Sum();
        return reading._at == reading._pieces.Count ? whole : throw new UnreadableException("something follows that cannot");
    }

    private static List<Piece> Pieces(string text)
    {
        var pieces = new List<Piece>();
        var isNewLine = false;
        void Add(Piece piece)
        {
            // Nothing multiplies over the end of a line.
            if (piece.StartsValue && !isNewLine && pieces is [.., { EndsValue: true }]) pieces.Add(new Piece("*"));
            pieces.Add(piece);
            isNewLine = false;
        }
        for (var at = 0; at < text.Length;)
        {
            if (NumberText().Match(text, at) is { Length: > 0 } number)
            {
                Add(new Piece("", Value(number.ValueSpan)));
                at += number.Length;
            }
            else if (NameText().Match(text, at) is { Length: > 0 } name)
            {
                at += name.Length;
                if (Functions.ContainsKey(name.Value)) Add(new Piece(name.Value));
                else foreach (var factor in Factors(name.Value)) Add(new Piece("", factor));
            }
            else if (text[at] is '\n' or '\r' or '\t' or '\f')
            {
                isNewLine |= text[at++] is '\n' or '\r';
            }
            else
            {
                var sign = text.AsSpan(at) switch
                {
                    ['*', '*', ..] => "**",
                    ['/', '/', ..] => "//",
                    ['+' or '-' or '*' or '/' or '(' or ')' or '!', ..] => text[at].ToString(),
                    _ => throw new UnreadableException($"\"{text[at]}\" is no operator"),
                };
                Add(new Piece(sign));
                at += sign.Length;
            }
        }
        return pieces;
    }

    private static Expression Value(ReadOnlySpan<char> number)
    {
        var isImaginary = number[^1] is 'j' or 'J';
        var value = FloatArithmetic.Read((isImaginary ? number[..^1] : number).ToString().Replace("_", "", StringComparison.Ordinal));
        return isImaginary ? new Product([value, new Constant(NamedConstant.I)]) : value;
    }

    /// <summary>What a name is the product of.</summary>
    private static IEnumerable<Expression> Factors(string name)
    {
        if (name == "pi") return [new Constant(NamedConstant.Pi)];
        if (Foreign.Contains(name)) throw new UnreadableException($"{name} is no number");
        if (name.Contains('_') || name is "mu" or "nu" or "xi" || name.EnumerateRunes().Count() == 1) return [new Symbol(name)];
        return Part().Matches(name).Select(part => char.IsAsciiDigit(part.Value[0])
            ? (Expression)new Number(BigInteger.Parse(part.Value, CultureInfo.InvariantCulture)) : new Symbol(part.Value));
    }

    private T Deeper<T>(Func<T> read)
    {
        if (++_depth > MathParser.Deepest) throw new UnreadableException("nested too deep");
        _budget.Spend(10);
        var result = read();
        _depth--;
        return result;
    }

    private bool Take(string sign, out bool taken)
    {
        taken = _at < _pieces.Count && _pieces[_at].Value is null && _pieces[_at].Sign == sign;
        if (taken) _at++;
        return taken;
    }

    private Expression Sum()
    {
        var terms = new List<Expression> { Product() };
        while (true)
        {
            if (!Take("+", out var isPlus) && !Take("-", out _)) return terms is [var only] ? only : new Sum(terms);
            var term = isPlus ? Product() : Negative(Product());
            if (terms is [Number a] && term is Number b && Fits(a, b)) terms[0] = FloatArithmetic.Sum(a, b);
            else terms.Add(term);
        }
    }

    private Expression Product()
    {
        var factors = new List<Expression> { Signed() };
        while (true)
        {
            if (Take("*", out _))
            {
                var factor = Signed();
                if (factors is [Number a] && factor is Number b && Fits(a, b)) factors[0] = FloatArithmetic.Product(a, b);
                else factors.Add(factor);
            }
            else if (Take("/", out _))
            {
                var divisor = Signed();
                if (factors is [Number a] && divisor is Number { Value.IsZero: false } b && Fits(a, b)) factors[0] = FloatArithmetic.Quotient(a, b);
                else factors.Add(new Power(divisor, new Number(-1)));
            }
            else if (Take("//", out _))
            {
                factors = [new Apply("floor", new Product([.. factors, new Power(Signed(), new Number(-1))]))];
            }
            else
            {
                return factors is [var only] ? only : new Product(factors);
            }
        }
    }

    /// <summary>Whether two numbers are calculated with here; what is larger stays as it is written.</summary>
    private bool Fits(Number a, Number b)
    {
        _budget.SpendProduct(4 * a.Value.Bits, 4 * b.Value.Bits);
        return a.Value.Bits + b.Value.Bits <= LargestNumber;
    }

    private Expression Signed() => Deeper(() => Take("-", out _) ? Negative(Signed()) : Take("+", out _) ? Signed() : Power());

    private Expression Power()
    {
        var value = Primary();
        while (Take("!", out _)) value = new Apply(Apply.Factorial, value);
        if (!Take("**", out _)) return value;
        var exponent = Signed();
        // x to the 2.0 is to the algebra system not x to the 2.
        if (exponent is Number power && FloatArithmetic.IsFloat(power))
            return value is Number number ? FloatArithmetic.Power(number, power) : new Apply("**", [value, exponent]);
        return value is Number a && exponent is Number b && FloatArithmetic.IsFloat(a) ? FloatArithmetic.Power(a, b) : new Power(value, exponent);
    }

    private Expression Primary()
    {
        if (_at == _pieces.Count) throw new UnreadableException("something is missing");
        var piece = _pieces[_at++];
        if (piece.Value is { } value) return value;
        if (piece.IsFunction && !Take("(", out _)) throw new UnreadableException($"{piece.Sign} of nothing");
        if (!piece.IsFunction && piece.Sign != "(") throw new UnreadableException($"a value must stand before \"{piece.Sign}\"");
        var inner = Deeper(Sum);
        if (!Take(")", out _)) throw new UnreadableException("a bracket is not closed");
        if (!piece.IsFunction) return inner;
        return piece.Sign == "sqrt" ? new Power(inner, new Number(Rational.Of(1, 2))) : new Apply(Functions[piece.Sign], inner);
    }

    private static Expression Negative(Expression value) =>
        value is Number number ? number with { Value = -number.Value } : new Product([new Number(-1), value]);

    [GeneratedRegex(@"\G(?:[0-9](?:_?[0-9])*(?:\.(?:[0-9](?:_?[0-9])*)?)?|\.[0-9](?:_?[0-9])*)(?:[eE][+-]?[0-9](?:_?[0-9])*)?[jJ]?")]
    private static partial Regex NumberText();

    [GeneratedRegex(@"\G(?:[\p{L}\p{Nd}_]|[\uD800-\uDBFF][\uDC00-\uDFFF])+")]
    private static partial Regex NameText();

    [GeneratedRegex(@"[0-9]+|[\uD800-\uDBFF][\uDC00-\uDFFF]|.")]
    private static partial Regex Part();
}
