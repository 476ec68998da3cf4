namespace AttnPo.Core.Verification.Expressions;

/// <summary>Words that mean something in an answer.</summary>
internal static class WordTable
{
    private static readonly Dictionary<string, string> Commands = new(StringComparer.OrdinalIgnoreCase)
    {
        ["pi"] = "pi", ["infinity"] = "infty", ["infty"] = "infty", ["inf"] = "infty", ["percent"] = "%", ["pct"] = "%", ["percents"] = "%",
        ["degrees"] = "degree", ["degree"] = "degree", ["union"] = "cup", ["cup"] = "cup",
    };

    private static readonly Dictionary<string, Rational> Multipliers = new(StringComparer.OrdinalIgnoreCase)
    {
        ["dozen"] = 12, ["hundred"] = 100, ["thousand"] = 1000, ["million"] = 1_000_000, ["billion"] = 1_000_000_000,
        ["trillion"] = Rational.Of(1_000_000_000_000, 1),
    };

    // What says more than a unit does: the value itself is another.
    private static readonly HashSet<string> Changing = new(StringComparer.OrdinalIgnoreCase)
    {
        "not", "no", "more", "less", "least", "most", "than", "about", "squared", "cubed", "factorial", "halves", "half", "thirds", "third", "quarters",
        "quarter", "fourths", "fifths", "tenths", "pi", "times", "plus", "minus", "root", "below", "above", "under", "over", "is", "isn't",
    };

    private static readonly HashSet<string> Connectives = new(StringComparer.OrdinalIgnoreCase) { "and", "or" };

    /// <summary>The command that a word without a backslash stands for; null where it is no such word.</summary>
    public static string? Command(string word) => Commands.GetValueOrDefault(word);

    /// <summary>Whether a word parts answers as a comma does.</summary>
    public static bool IsConnective(string word) => Connectives.Contains(word);

    /// <summary>The number that a word in front of a unit multiplies by; null of any other word.</summary>
    public static Rational? Multiplier(string word) => Multipliers.TryGetValue(word, out var factor) ? factor : null;

    /// <summary>Whether words behind a value are a unit, or the like of it: few, and none that changes the value.</summary>
    public static bool MayBeUnit(string words) =>
        words.Split([' ', '~'], StringSplitOptions.RemoveEmptyEntries) is { Length: <= 4 } parts && !parts.Any(Changing.Contains);

    /// <summary>Whether words stand for the set of all real numbers.</summary>
    public static bool AreAllReals(string words) => MathText.Letters(words)?.ToLowerInvariant() is "allrealnumbers" or "allreals" or "allrealsnumbers";

    /// <summary>Whether words say that one of several holds.</summary>
    public static bool IsOr(string words) => words.Split([' ', ',', '~']).Contains("or", StringComparer.OrdinalIgnoreCase);

    /// <summary>Whether words part answers: "and", or the like of "for part (a) and".</summary>
    public static bool PartAnswers(string words) =>
        words.Split([' ', ',', '~'], StringSplitOptions.RemoveEmptyEntries) is var parts && parts.Any(Connectives.Contains);
}
