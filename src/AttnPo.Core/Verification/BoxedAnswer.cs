namespace AttnPo.Core.Verification;

/// <summary>Finds the answers that a response puts in boxes: <c>\boxed{...}</c> or <c>\fbox{...}</c>.</summary>
internal static class BoxedAnswer
{
    /// <summary>A box whose braces balance.</summary>
    /// <param name="Start">Where its command begins.</param>
    /// <param name="Content">Where what it holds begins.</param>
    /// <param name="End">Behind its closing brace.</param>
    public readonly record struct Box(int Start, int Content, int End);

    /// <summary>
    /// What stands in the last box whose braces balance; null without one. Of nested boxes it is the innermost. Escaped braces are text.
    /// One pass, whatever the text.
    /// </summary>
    public static string? Last(string text) => All(text) is [.., var last] ? text[last.Content..(last.End - 1)] : null;

    /// <summary>The boxes that hold no other, in their order.</summary>
    public static IReadOnlyList<Box> All(string text)
    {
        var open = new Stack<(int Content, int Start)>();
        var boxes = new List<Box>();
        for (var i = 0; i < text.Length; i++)
        {
            if (text[i] == '\\' && i + 1 < text.Length && text[i + 1] is '{' or '}')
                i++;
            else if (text[i] == '{')
                open.Push((i + 1, StartOfCommand(text.AsSpan(0, i))));
            else if (text[i] == '}' && open.TryPop(out var group) && group.Start >= 0 && (boxes.Count == 0 || group.Content > boxes[^1].Content))
                boxes.Add(new Box(group.Start, group.Content, i + 1));
        }
        return boxes;
    }

    private static int StartOfCommand(ReadOnlySpan<char> before)
    {
        before = before.TrimEnd(' ');
        foreach (var command in (ReadOnlySpan<string>)[@"\boxed", @"\fbox"])
            if (before.EndsWith(command, StringComparison.Ordinal)) return before.Length - command.Length;
        return -1;
    }
}
