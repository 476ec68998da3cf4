namespace AttnPo.Core.Verification.Expressions;

/// <summary>Words that mean something in an answer.</summary>
internal static class WordTable
{
    private static readonly Dictionary<string, string> Commands = new(StringComparer.OrdinalIgnoreCase)
    {
        ["pi"] = "pi", ["infinity"] = "infty", ["infty"] = "infty", ["inf"] = "infty", ["percent"] = "%", ["pct"] = "%", ["percents"] = "%",
        ["degrees"] = "degree", ["degree"] = "degree", ["union"] = "cup", ["cup"] = "cup",
    };

    private static readonly HashSet<string> Connectives = new(StringComparer.OrdinalIgnoreCase) { "and", "or" };

    /// <summary>The command that a word without a backslash stands for; null where it is no such word.</summary>
    public static string? Command(string word) => Commands.GetValueOrDefault(word);

    /// <summary>Whether a word parts answers as a comma does.</summary>
    public static bool IsConnective(string word) => Connectives.Contains(word);

    /// <summary>Whether words part answers: "and", or the like of "for part (a) and".</summary>
    public static bool PartAnswers(string words) =>
        words.Split([' ', ',', '~'], StringSplitOptions.RemoveEmptyEntries) is var parts && parts.Any(Connectives.Contains);
}
