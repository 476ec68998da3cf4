namespace AttnPo.Core.Verification.Code;

/// <summary>
/// Finds programs in Markdown. A block begins with a line of at least three backticks or tildes, indented as it may be, and a language;
/// it ends with a line of at least as many of the same and nothing more. Of Python, and so a program, is one whose language is python,
/// python3, py or none.
/// </summary>
internal static class CodeFence
{
    private static readonly string[] Languages = ["", "python", "python3", "py"];

    /// <summary>The text of the last block of Python that is closed; null without one.</summary>
    public static string? LastProgram(string text)
    {
        string? found = null;
        (char Mark, int Length, int Indent, bool IsPython)? open = null;
        var lines = new List<string>();
        foreach (var raw in text.Split('\n'))
        {
            var line = raw.TrimEnd('\r');
            var (mark, length, indent, info) = Fence(line);
            if (open is not { } block)
            {
                // Backticks after backticks are code within a line.
                if (length < 3 || (mark == '`' && info.Contains('`'))) continue;
                open = (mark, length, indent, Languages.Contains(info.Split(' ', 2)[0], StringComparer.OrdinalIgnoreCase));
                lines.Clear();
            }
            else if (mark == block.Mark && length >= block.Length && info.Length == 0)
            {
                if (block.IsPython) found = string.Join('\n', lines) + "\n";
                open = null;
            }
            else
            {
                // A block within a list is indented as the list is, and so is all of it.
                lines.Add(line[Math.Min(block.Indent, line.Length - line.TrimStart(' ').Length)..]);
            }
        }
        return found;
    }

    private static (char Mark, int Length, int Indent, string Info) Fence(string line)
    {
        var text = line.TrimStart(' ', '\t');
        if (text is not ['`' or '~', ..]) return ('\0', 0, 0, "");
        var info = text.TrimStart(text[0]);
        return (text[0], text.Length - info.Length, line.Length - text.Length, info.Trim());
    }
}
