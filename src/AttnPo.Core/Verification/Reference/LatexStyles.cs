using System.Text;

namespace AttnPo.Core.Verification.Reference;

/// <summary>Styles of letters and marks above them, as Unicode writes them.</summary>
internal static class LatexStyles
{
    // The first capital and the first small letter of each alphabet.
    private static readonly (int Capital, int Small)
        Bold = (0x1D400, 0x1D41A), Italic = (0x1D434, 0x1D44E), Script = (0x1D49C, 0x1D4B6), Fraktur = (0x1D504, 0x1D51E),
        DoubleStruck = (0x1D538, 0x1D552), Sans = (0x1D5A0, 0x1D5BA), Monospace = (0x1D670, 0x1D68A);

    // Letters that Unicode had before it had their alphabets.
    private static readonly Dictionary<int, int> Older = new()
    {
        [0x1D455] = 'ℎ', [0x1D49D] = 'ℬ', [0x1D4A0] = 'ℰ', [0x1D4A1] = 'ℱ', [0x1D4A3] = 'ℋ', [0x1D4A4] = 'ℐ', [0x1D4A7] = 'ℒ', [0x1D4A8] = 'ℳ',
        [0x1D4AD] = 'ℛ', [0x1D4BA] = 'ℯ', [0x1D4BC] = 'ℊ', [0x1D4C4] = 'ℴ', [0x1D506] = 'ℭ', [0x1D50B] = 'ℌ', [0x1D50C] = 'ℑ', [0x1D515] = 'ℜ',
        [0x1D51D] = 'ℨ', [0x1D53A] = 'ℂ', [0x1D53F] = 'ℍ', [0x1D545] = 'ℕ', [0x1D547] = 'ℙ', [0x1D548] = 'ℚ', [0x1D549] = 'ℝ', [0x1D551] = 'ℤ',
    };

    /// <summary>Commands that set the style of a letter.</summary>
    public static IEnumerable<(string Name, (int Capital, int Small) Style)> Commands =>
    [
        ("mathbf", Bold), ("mathit", Italic), ("mathcal", Script), ("mathscr", Script), ("mathfrak", Fraktur), ("mathbb", DoubleStruck),
        ("mathsf", Sans), ("mathtt", Monospace),
    ];

    /// <summary>Commands that set a mark on a letter.</summary>
    public static IEnumerable<(string Name, char Mark)> Accents =>
    [
        ("'", '\u0301'), ("`", '\u0300'), ("\"", '\u0308'), ("c", '\u0327'), ("^", '\u0302'), ("~", '\u0303'), ("H", '\u030B'), ("k", '\u0328'),
        ("=", '\u0304'), ("b", '\u0331'), (".", '\u0307'), ("d", '\u0323'), ("r", '\u030A'), ("u", '\u0306'), ("v", '\u030C'), ("vec", '\u20D7'),
        ("dot", '\u0307'), ("hat", '\u0302'), ("check", '\u030C'), ("breve", '\u0306'), ("acute", '\u0301'), ("grave", '\u0300'), ("tilde", '\u0303'),
        ("bar", '\u0305'), ("ddot", '\u0308'), ("not", '\u0338'),
    ];

    /// <summary>Latin letters in a style; whatever else there is stays.</summary>
    public static string Styled(string text, (int Capital, int Small) style)
    {
        var styled = new StringBuilder(text.Length);
        foreach (var c in text)
        {
            if (!char.IsAsciiLetter(c))
            {
                styled.Append(c);
                continue;
            }
            var letter = char.IsAsciiLetterUpper(c) ? style.Capital + c - 'A' : style.Small + c - 'a';
            styled.Append(char.ConvertFromUtf32(Older.GetValueOrDefault(letter, letter)));
        }
        return styled.ToString();
    }

    /// <summary>A mark on each letter.</summary>
    public static string Accented(string text, char mark) => string.Concat(text.EnumerateRunes().Select(letter => $"{Plain(letter)}{mark}".Normalize()));

    private static string Plain(Rune letter) => letter.Value switch
    {
        'ı' => "i",
        'ȷ' => "j",
        _ => letter.ToString(),
    };
}
