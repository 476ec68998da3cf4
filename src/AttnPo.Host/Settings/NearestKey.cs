using AttnPo.Core.Text;

namespace AttnPo.Host.Settings;

/// <summary>Finds the known key a mistyped one most likely means.</summary>
internal static class NearestKey
{
    /// <summary>The key with the smallest edit distance; a key whose last part is the same counts as one edit away.</summary>
    public static string Of(string unknown, IEnumerable<string> known) =>
        known.MinBy(key => LastPart(key) == LastPart(unknown) ? Math.Min(1, EditDistance.Between(unknown, key)) : EditDistance.Between(unknown, key))!;

    private static string LastPart(string path) => path[(path.LastIndexOf('.') + 1)..];
}
