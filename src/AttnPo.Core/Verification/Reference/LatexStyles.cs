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

    /// <summary>
    /// Commands that set a mark on a letter, the mark, and the letters that are one character with it: each in front of what it becomes.
    /// Written out, for programs without a culture's data cannot compose.
    /// </summary>
    public static IReadOnlyList<(string Names, char Mark, string Composed)> Accents { get; } =
    [
        ("acute '", '\u0301', "aácćeégǵiíkḱlĺmḿnńoópṕrŕsśuúwẃyýzźAÁCĆEÉGǴIÍKḰLĹMḾNŃOÓPṔRŔSŚUÚWẂYÝZŹ"),
        ("grave `", '\u0300', "aàeèiìnǹoòuùwẁyỳAÀEÈIÌNǸOÒUÙWẀYỲ"),
        ("ddot \"", '\u0308', "aäeëhḧiïoötẗuüwẅxẍyÿAÄEËHḦIÏOÖUÜWẄXẌYŸ"),
        ("c", '\u0327', "cçdḑeȩgģhḩkķlļnņrŗsştţCÇDḐEȨGĢHḨKĶLĻNŅRŖSŞTŢ"),
        ("hat ^", '\u0302', "aâcĉeêgĝhĥiîjĵoôsŝuûwŵyŷzẑAÂCĈEÊGĜHĤIÎJĴOÔSŜUÛWŴYŶZẐ"),
        ("tilde ~", '\u0303', "aãeẽiĩnñoõuũvṽyỹAÃEẼIĨNÑOÕUŨVṼYỸ"),
        ("H", '\u030B', "oőuűOŐUŰ"),
        ("k", '\u0328', "aąeęiįoǫuųAĄEĘIĮOǪUŲ"),
        ("=", '\u0304', "aāeēgḡiīoōuūyȳAĀEĒGḠIĪOŌUŪYȲ"),
        ("b", '\u0331', "bḇdḏhẖkḵlḻnṉrṟtṯzẕBḆDḎKḴLḺNṈRṞTṮZẔ"),
        ("dot .", '\u0307', "aȧbḃcċdḋeėfḟgġhḣmṁnṅoȯpṗrṙsṡtṫwẇxẋyẏzżAȦBḂCĊDḊEĖFḞGĠHḢIİMṀNṄOȮPṖRṘSṠTṪWẆXẊYẎZŻ"),
        ("d", '\u0323', "aạbḅdḍeẹhḥiịkḳlḷmṃnṇoọrṛsṣtṭuụvṿwẉyỵzẓAẠBḄDḌEẸHḤIỊKḲLḶMṂNṆOỌRṚSṢTṬUỤVṾWẈYỴZẒ"),
        ("r", '\u030A', "aåuůwẘyẙAÅUŮ"),
        ("breve u", '\u0306', "aăeĕgğiĭoŏuŭAĂEĔGĞIĬOŎUŬ"),
        ("check v", '\u030C', "aǎcčdďeěgǧhȟiǐjǰkǩlľnňoǒrřsštťuǔzžAǍCČDĎEĚGǦHȞIǏKǨLĽNŇOǑRŘSŠTŤUǓZŽ"),
        ("not", '\u0338', "<≮=≠>≯←↚→↛↔↮⇐⇍⇒⇏⇔⇎∃∄∈∉∋∌∣∤∥∦∼≁≃≄≅≇≈≉≍≭≡≢≤≰≥≱≲≴≳≵≶≸≷≹≺⊀≻⊁≼⋠≽⋡⊂⊄⊃⊅⊆⊈⊇⊉⊑⋢⊒⋣⊢⊬⊨⊭⊩⊮⊫⊯⊲⋪⊳⋫⊴⋬⊵⋭"),
        ("vec", '\u20D7', ""),
        ("bar", '\u0305', ""),
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
    public static string Accented(string text, char mark, string composed)
    {
        var accented = new StringBuilder(2 * text.Length);
        foreach (var letter in text.EnumerateRunes().Select(Plain))
        {
            var at = letter.Length == 1 ? composed.IndexOf(letter[0], StringComparison.Ordinal) : -1;
            if (at < 0 || at % 2 == 1) accented.Append(letter).Append(mark);
            else accented.Append(composed[at + 1]);
        }
        return accented.ToString();
    }

    private static string Plain(Rune letter) => letter.Value switch
    {
        'ı' => "i",
        'ȷ' => "j",
        _ => letter.ToString(),
    };
}
