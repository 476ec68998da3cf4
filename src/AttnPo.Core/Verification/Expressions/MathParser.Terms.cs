namespace AttnPo.Core.Verification.Expressions;

/// <summary>Sums of products: signs, mixed numbers, and the units behind a value.</summary>
internal sealed partial class MathParser
{
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
        var mayBeMixed = IsWhole(factors[0]);
        string? unit = null;
        while (true)
        {
            if (TakeTimes()) factors.Add(SignedFactor());
            else if (TakeSign("/") || TakeCommand("div") || TakeCommand("slash"))
            {
                if (unit is not null && _next.Kind == TokenKind.Words) unit += "/" + Take().Text;
                else factors.Add(Reciprocal(SignedFactor()));
            }
            else if (TakeCommand("bmod") || TakeCommand("mod")) factors = [new Apply("mod", [Whole(factors), Factor()])];
            else if (IsUnit()) unit = Unit(unit);
            else if (IsCommand("pmod") || IsCommand("$"))
            {
                // Currencies stand on either side of their number.
                if (Take().Text == "pmod") unit = "mod " + MathText.Letters(Raw());
            }
            else if (unit is null && StartsFactor())
            {
                var behind = Factor();
                // 1 1/2
                if (mayBeMixed && IsWhole(behind) && TakeSign("/")) behind = new Product([behind, Reciprocal(Factor())]);
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
        return unit is null ? whole : Measured(whole, unit.Trim());
    }

    /// <summary>A value and what stands behind it: 2 million dollars.</summary>
    private static Expression Measured(Expression value, string unit)
    {
        while (unit.Split(' ', 2) is [var first, .. var rest] && WordTable.Multiplier(first) is { } factor)
            (value, unit) = (new Product([value, new Number(factor)]), rest is [var left] ? left.Trim() : "");
        if (unit.Length == 0) return value;
        // The letter of a choice may have any words behind it, a number may not.
        return value is Symbol or Words || WordTable.MayBeUnit(unit) ? new Quantity(value, unit) : throw new UnreadableException("words that are no unit");
    }

    private static Expression Whole(List<Expression> factors) => factors.Count == 1 ? factors[0] : new Product([.. factors]);

    private bool TakeTimes()
    {
        var isTimes = IsSign("*") || (_next.Kind == TokenKind.Command && _next.Text is "cdot" or "times" or "ast" or "cdotp" or "*");
        if (isTimes) Take();
        return isTimes;
    }

    /// <summary>Whether words stand ahead that part no answers.</summary>
    private bool IsUnit() => _next.Kind == TokenKind.Words && !WordTable.PartAnswers(_next.Text);

    private string Unit(string? before)
    {
        var unit = before is null ? Take().Text : before + " " + Take().Text;
        while (IsUnit()) unit += " " + Take().Text;
        return TakeSign("^") ? unit + "^" + MathText.Letters(Raw()) : unit;
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

    private static bool IsWhole(Expression expression) => expression is Number { Digits: 0, Value.IsInteger: true };

    private static bool IsProperFraction(Expression expression) =>
        expression is Product { Factors: [Number over, Power { Base: Number under, Exponent: Number { Value: var minus } }] }
        && IsWhole(over) && IsWhole(under) && minus == -1 && over.Value.Sign > 0 && over.Value.CompareTo(under.Value) < 0;

    private bool StartsFactor() => _next.Kind switch
    {
        TokenKind.Number or TokenKind.Letter => true,
        TokenKind.Sign => _next.Text is "(" or "[" or "{" || (IsBar() && BarOpens()),
        TokenKind.Command when IsBar() => BarOpens(),
        TokenKind.Command => !(Relations.ContainsKey(_next.Text) || Closing.Contains(_next.Text) || Parting.Contains(_next.Text))
            && Operator(_next.Text) is null,
        _ => false,
    };
}
