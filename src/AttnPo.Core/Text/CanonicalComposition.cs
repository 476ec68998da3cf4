using System.Globalization;
using System.Text;

namespace AttnPo.Core.Text;

/// <summary>
/// Unicode's normalisation form C, from our own table: the base library leaves text as it is where it runs without ICU, and token ids
/// must not depend on what the machine has installed.
/// </summary>
internal static class CanonicalComposition
{
    // No character below U+0300 is changed, ordered or composed by what stands before it.
    private const char FirstAffected = '\u0300';

    private const int HangulFirst = 0xAC00, LeadFirst = 0x1100, VowelFirst = 0x1161, TrailBefore = 0x11A7;
    private const int LeadCount = 19, VowelCount = 21, TrailCount = 28, HangulCount = LeadCount * VowelCount * TrailCount;

    private static readonly Dictionary<int, byte> CombiningClasses = [];
    private static readonly Dictionary<int, int[]> Decompositions = [];
    private static readonly Dictionary<(int, int), int> Compositions = [];
    private static readonly HashSet<int> ComposesBackward = [];

    static CanonicalComposition() => ReadTable();

    /// <summary>
    /// The text in form C. <c>sourceOf</c> gives, for each of its UTF-16 units, the range of the given text that it comes from; it is null
    /// when the text was in form C already.
    /// </summary>
    public static (string Text, IReadOnlyList<(int Start, int End)>? SourceOf) Normalize(string text)
    {
        if (!text.AsSpan().ContainsAnyExceptInRange('\0', (char)(FirstAffected - 1))) return (text, null);
        var normalized = new StringBuilder(text.Length);
        var sourceOf = new List<(int Start, int End)>(text.Length);
        var changed = false;
        for (var start = 0; start < text.Length;)
        {
            var end = EndOfSegment(text, start);
            var source = text.AsSpan(start, end - start);
            var composed = source.Length == 1 && source[0] < FirstAffected ? source.ToString() : ComposeSegment(source);
            normalized.Append(composed);
            if (source.SequenceEqual(composed))
            {
                for (var i = start; i < end; i++) sourceOf.Add((i, i + 1));
            }
            else
            {
                changed = true;
                for (var i = 0; i < composed.Length; i++) sourceOf.Add((start, end));
            }
            start = end;
        }
        return changed ? (normalized.ToString(), sourceOf) : (text, null);
    }

    // A segment runs up to the next character that nothing before it can change: normalisation never reaches across such a border.
    private static int EndOfSegment(string text, int start)
    {
        var end = start + UnitsAt(text, start);
        while (end < text.Length && !IsBorder(CodePointAt(text, end))) end += UnitsAt(text, end);
        return end;
    }

    private static bool IsBorder(int codePoint)
    {
        if (codePoint < FirstAffected) return true;
        var first = codePoint;
        while (Decompositions.TryGetValue(first, out var parts)) first = parts[0];
        return ClassOf(first) == 0 && !ComposesBackward.Contains(first);
    }

    private static string ComposeSegment(ReadOnlySpan<char> segment)
    {
        var decomposed = new List<int>();
        for (var i = 0; i < segment.Length;)
        {
            var codePoint = CodePointAt(segment, i);
            i += codePoint > char.MaxValue ? 2 : 1;
            Decompose(codePoint, decomposed);
        }
        OrderMarks(decomposed);
        var composed = new StringBuilder();
        foreach (var codePoint in Compose(decomposed))
        {
            if (codePoint > char.MaxValue) composed.Append(char.ConvertFromUtf32(codePoint));
            else composed.Append((char)codePoint);
        }
        return composed.ToString();
    }

    private static void Decompose(int codePoint, List<int> into)
    {
        if (Decompositions.TryGetValue(codePoint, out var parts))
        {
            foreach (var part in parts) Decompose(part, into);
            return;
        }
        var syllable = codePoint - HangulFirst;
        if (syllable is < 0 or >= HangulCount)
        {
            into.Add(codePoint);
            return;
        }
        into.Add(LeadFirst + syllable / (VowelCount * TrailCount));
        into.Add(VowelFirst + syllable / TrailCount % VowelCount);
        if (syllable % TrailCount != 0) into.Add(TrailBefore + syllable % TrailCount);
    }

    private static void OrderMarks(List<int> codePoints)
    {
        for (var start = 0; start < codePoints.Count; start++)
        {
            var end = start;
            while (end < codePoints.Count && ClassOf(codePoints[end]) != 0) end++;
            if (end - start < 2) continue;
            // The order of marks of one class carries meaning, so the sort must be stable.
            var ordered = codePoints.GetRange(start, end - start).OrderBy(ClassOf).ToArray();
            for (var i = 0; i < ordered.Length; i++) codePoints[start + i] = ordered[i];
            start = end;
        }
    }

    private static List<int> Compose(List<int> codePoints)
    {
        var composed = new List<int>(codePoints.Count);
        var starter = -1;
        var lastClass = 0;
        foreach (var codePoint in codePoints)
        {
            var combiningClass = ClassOf(codePoint);
            var reachesStarter = starter >= 0 && (lastClass < combiningClass || composed.Count - 1 == starter);
            if (reachesStarter && TryCompose(composed[starter], codePoint, out var composite))
            {
                composed[starter] = composite;
                continue;
            }
            if (combiningClass == 0) starter = composed.Count;
            lastClass = combiningClass;
            composed.Add(codePoint);
        }
        return composed;
    }

    private static bool TryCompose(int first, int second, out int composite)
    {
        int lead = first - LeadFirst, vowel = second - VowelFirst;
        if (lead is >= 0 and < LeadCount && vowel is >= 0 and < VowelCount)
        {
            composite = HangulFirst + (lead * VowelCount + vowel) * TrailCount;
            return true;
        }
        int syllable = first - HangulFirst, trail = second - TrailBefore;
        if (syllable is >= 0 and < HangulCount && syllable % TrailCount == 0 && trail is > 0 and < TrailCount)
        {
            composite = first + trail;
            return true;
        }
        return Compositions.TryGetValue((first, second), out composite);
    }

    private static byte ClassOf(int codePoint) => CombiningClasses.GetValueOrDefault(codePoint);

    private static int UnitsAt(string text, int index) => CodePointAt(text, index) > char.MaxValue ? 2 : 1;

    // A lone surrogate is passed through as itself.
    private static int CodePointAt(ReadOnlySpan<char> text, int index) =>
        index + 1 < text.Length && char.IsSurrogatePair(text[index], text[index + 1])
            ? char.ConvertToUtf32(text[index], text[index + 1])
            : text[index];

    private static void ReadTable()
    {
        var assembly = typeof(CanonicalComposition).Assembly;
        using var stream = assembly.GetManifestResourceStream("AttnPo.Core.Text.canonical-composition.txt")
            ?? throw new InvalidOperationException("The table of canonical compositions is missing from AttnPo.Core.");
        using var reader = new StreamReader(stream);
        while (reader.ReadLine() is { } line)
        {
            var fields = line.Split(' ');
            if (fields[0] is not ("k" or "c" or "d")) continue;
            var first = Hexadecimal(fields[1]);
            if (fields[0] == "k")
            {
                for (var codePoint = first; codePoint <= Hexadecimal(fields[2]); codePoint++)
                    CombiningClasses[codePoint] = byte.Parse(fields[3], CultureInfo.InvariantCulture);
                continue;
            }
            int[] parts = [.. fields.Skip(2).Select(Hexadecimal)];
            Decompositions[first] = parts;
            if (fields[0] == "d") continue;
            Compositions[(parts[0], parts[1])] = first;
            ComposesBackward.Add(parts[1]);
        }
        for (var vowel = 0; vowel < VowelCount; vowel++) ComposesBackward.Add(VowelFirst + vowel);
        for (var trail = 1; trail < TrailCount; trail++) ComposesBackward.Add(TrailBefore + trail);
    }

    private static int Hexadecimal(string digits) => int.Parse(digits, NumberStyles.HexNumber, CultureInfo.InvariantCulture);
}
