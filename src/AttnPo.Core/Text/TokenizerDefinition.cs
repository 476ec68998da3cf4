using System.Text.RegularExpressions;

namespace AttnPo.Core.Text;

/// <summary>What files say of a byte-level BPE tokenizer, values checked one by one; whether they fit each other is not.</summary>
/// <param name="source">The file or folder, for messages.</param>
internal sealed class TokenizerDefinition(string source)
{
    /// <summary>The largest published files have some 20 MB.</summary>
    private const int LargestFile = 256 << 20;

    /// <summary>Bounds what a hostile expression can cost; an honest one takes microseconds a match.</summary>
    private static readonly TimeSpan LongestMatch = TimeSpan.FromSeconds(2);

    public Dictionary<string, int> Vocabulary { get; } = new(StringComparer.Ordinal);
    public List<(string Left, string Right)> Merges { get; } = [];
    public Dictionary<string, int> Added { get; } = new(StringComparer.Ordinal);
    public List<Regex> SplitExpressions { get; } = [];
    public bool NormalizesToFormC { get; set; }
    public bool IgnoresMergesOfEntries { get; set; }

    public InvalidDataException Fault(string reason) => new($"{source} is no usable tokenizer: {reason}.");

    public byte[] BytesOf(string path) => PlainFile.Read(path, LargestFile);

    public void AddSplit(string expression)
    {
        try
        {
            SplitExpressions.Add(new Regex(expression, RegexOptions.CultureInvariant, LongestMatch));
        }
        catch (ArgumentException fault)
        {
            throw Fault($"its pre_tokenizer's expression cannot be used: {fault.Message}");
        }
    }
}
