using AttnPo.Core.Text;

namespace AttnPo.Host.Settings;

/// <summary>Finds the known key a mistyped one most likely means.</summary>
internal static class NearestKey
{
    /// <summary>The key with the smallest edit distance; a key whose last part is the same counts as one edit away.</summary>
    public static string Of(string unknown, IEnumerable<string> known) =>
        known.MinBy(key => Math.Min(EditDistance.Between(unknown, key), LastPart(key) == LastPart(unknown) ? 1 : int.MaxValue))!;

    private static string LastPart(string path) => path[(path.LastIndexOf('.') + 1)..];
}
