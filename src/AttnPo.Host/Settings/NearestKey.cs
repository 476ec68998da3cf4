namespace AttnPo.Host.Settings;

/// <summary>Finds the known key a mistyped one most likely means.</summary>
internal static class NearestKey
{
    /// <summary>The key with the smallest edit distance; a key whose last part is the same counts as one edit away.</summary>
    public static string Of(string unknown, IEnumerable<string> known) =>
        known.MinBy(key => LastPart(key) == LastPart(unknown) ? Math.Min(1, Distance(unknown, key)) : Distance(unknown, key))!;

    /// <summary>Levenshtein distance: insertions, deletions and replacements of a character.</summary>
    public static int Distance(string a, string b)
    {
        var row = Enumerable.Range(0, b.Length + 1).ToArray();
        for (var i = 1; i <= a.Length; i++)
        {
            var diagonal = row[0];
            row[0] = i;
            for (var j = 1; j <= b.Length; j++)
            {
                var replaced = diagonal + (a[i - 1] == b[j - 1] ? 0 : 1);
                diagonal = row[j];
                row[j] = Math.Min(replaced, Math.Min(row[j], row[j - 1]) + 1);
            }
        }

        return row[^1];
    }

    private static string LastPart(string path) => path[(path.LastIndexOf('.') + 1)..];
}
