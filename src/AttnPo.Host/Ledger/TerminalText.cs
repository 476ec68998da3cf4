using System.Globalization;
using System.Text;

namespace AttnPo.Host.Ledger;

/// <summary>Text from outside (prompts, responses) as a terminal may show it: nothing in it moves the cursor, rings or hides.</summary>
internal static class TerminalText
{
    /// <summary>Control, format and separator characters become \n, \t, \u{1B}; all other text stays as it is.</summary>
    public static string Safe(string text) => Excerpt(text, int.MaxValue);

    /// <summary>The first so many characters (code points), safe; an ellipsis stands for the rest.</summary>
    public static string Excerpt(string text, int characters)
    {
        var shown = new StringBuilder();
        foreach (var rune in text.EnumerateRunes())
        {
            if (characters-- == 0) return shown.Append('…').ToString();
            var isHidden = Rune.GetUnicodeCategory(rune) is UnicodeCategory.Control or UnicodeCategory.Format
                or UnicodeCategory.LineSeparator or UnicodeCategory.ParagraphSeparator;
            if (!isHidden) shown.Append(rune.ToString());
            else if (rune.Value == '\n') shown.Append("\\n");
            else if (rune.Value == '\t') shown.Append("\\t");
            else shown.Append(CultureInfo.InvariantCulture, $"\\u{{{rune.Value:X}}}");
        }

        return shown.ToString();
    }
}
