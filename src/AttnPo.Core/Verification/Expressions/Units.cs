namespace AttnPo.Core.Verification.Expressions;

/// <summary>Words behind a value. Units that are known compare by what they measure; any other words by their letters.</summary>
internal static class Units
{
    private static readonly Dictionary<string, (string Measures, Rational Factor)> Known = Table();

    /// <summary>
    /// The factor from one unit to the other: a value in the first times it is the value in the second. Null where they
    /// measure different things, or are other words.
    /// </summary>
    public static Rational? Factor(string from, string to)
    {
        var (a, b) = (Bare(from), Bare(to));
        if (a == b) return Rational.One;
        if (!Known.TryGetValue(a, out var first) || !Known.TryGetValue(b, out var second)) return null;
        return first.Measures == second.Measures ? first.Factor / second.Factor : null;
    }

    /// <summary>Whether words say morning or afternoon, and which.</summary>
    public static bool? IsAfternoon(string unit) => Bare(unit) switch { "pm" => true, "am" => false, _ => null };

    /// <summary>Whether a run of letters is the name of a unit; single letters are not: they are variables.</summary>
    public static bool IsKnown(string letters) => letters.Length > 1 && Known.ContainsKey(letters);

    private static string Bare(string unit)
    {
        var bare = string.Concat(unit.ToLowerInvariant().Where(c => char.IsLetterOrDigit(c) || c == '/'));
        return Known.ContainsKey(bare) ? bare : bare.EndsWith('s') ? bare[..^1] : bare;
    }

    private static Dictionary<string, (string, Rational)> Table()
    {
        var table = new Dictionary<string, (string, Rational)>();
        void Add(string measures, Rational factor, params string[] names)
        {
            foreach (var name in names)
            {
                table[name] = (measures, factor);
                if (measures != "length") continue;
                foreach (var (power, prefix) in ((int, string)[])[(2, "square"), (3, "cubic")])
                {
                    table[name + power] = (measures + power, factor.Power(power));
                    table[prefix + name] = (measures + power, factor.Power(power));
                }
            }
        }
        Add("length", 1, "m", "meter", "meters", "metre", "metres");
        Add("length", Rational.Of(1, 100), "cm", "centimeter", "centimeters", "centimetre", "centimetres");
        Add("length", Rational.Of(1, 1000), "mm", "millimeter", "millimeters");
        Add("length", 1000, "km", "kilometer", "kilometers", "kilometre", "kilometres");
        Add("length", Rational.Of(254, 10000), "inch", "inches");
        Add("length", Rational.Of(3048, 10000), "ft", "foot", "feet");
        Add("length", Rational.Of(9144, 10000), "yd", "yard", "yards");
        Add("length", Rational.Of(1609344, 1000), "mi", "mile", "miles");
        Add("mass", 1, "g", "gram", "grams");
        Add("mass", 1000, "kg", "kilogram", "kilograms");
        Add("mass", Rational.Of(1, 1000), "mg", "milligram", "milligrams");
        Add("time", 1, "s", "sec", "second", "seconds");
        Add("time", 60, "min", "minute", "minutes");
        Add("time", 3600, "h", "hr", "hour", "hours");
        Add("time", 86_400, "day", "days");
        Add("time", 604_800, "week", "weeks");
        Add("volume", 1, "l", "liter", "liters", "litre", "litres");
        Add("volume", Rational.Of(1, 1000), "ml", "milliliter", "milliliters");
        Add("money", 1, "dollar", "dollars");
        Add("money", Rational.Of(1, 100), "cent", "cents");
        return table;
    }
}
