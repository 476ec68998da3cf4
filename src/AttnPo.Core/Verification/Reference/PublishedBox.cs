namespace AttnPo.Core.Verification.Reference;

/// <summary>
/// Where the published reward looks for an answer: only in what follows the last <c>\boxed</c>, only with a brace right behind the
/// command, and counting every brace, escaped or not.
/// </summary>
internal static class PublishedBox
{
    private const string Command = @"\boxed";

    /// <summary>Whether a text speaks of a box at all, whole or not.</summary>
    public static bool IsIn(string text) => text.Contains(Command, StringComparison.Ordinal);

    /// <summary>What the last box holds; null where it has no end, no brace of its own, or is not there.</summary>
    public static string? Last(string text)
    {
        var start = text.LastIndexOf(Command, StringComparison.Ordinal);
        if (start < 0) return null;
        var content = start + Command.Length + 1;
        var open = 0;
        for (var i = start; i < text.Length; i++)
        {
            if (text[i] == '{') open++;
            if (text[i] == '}' && --open == 0) return text[content - 1] == '{' ? text[content..i] : null;
        }
        return null;
    }
}
