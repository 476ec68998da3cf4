namespace AttnPo.Core.Verification;

/// <summary>Finds the answer that a response puts in a box.</summary>
internal static class BoxedAnswer
{
    private const string Command = @"\boxed";

    /// <summary>
    /// What stands in the last <c>\boxed{...}</c> whose braces balance, from a position on; null without one. Of nested boxes it is
    /// the innermost. Escaped braces are text. One pass, whatever the text.
    /// </summary>
    public static string? Last(string text, int from)
    {
        var open = new Stack<(int Content, bool Boxed)>();
        var (start, end) = (-1, -1);
        for (var i = from; i < text.Length; i++)
        {
            if (text[i] == '\\' && i + 1 < text.Length && text[i + 1] is '{' or '}')
                i++;
            else if (text[i] == '{')
                open.Push((i + 1, EndsWithCommand(text.AsSpan(from, i - from))));
            else if (text[i] == '}' && open.TryPop(out var group) && group.Boxed && group.Content > start)
                (start, end) = (group.Content, i);
        }
        return start < 0 ? null : text[start..end];
    }

    private static bool EndsWithCommand(ReadOnlySpan<char> text) => text.EndsWith(Command, StringComparison.Ordinal);
}
