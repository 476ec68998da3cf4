using System.Text.RegularExpressions;

namespace AttnPo.Core.Text;

/// <summary>What files say of a byte-level BPE tokenizer, values checked one by one; whether they fit each other is not.</summary>
/// <param name="source">The file or folder, for messages.</param>
internal sealed class TokenizerDefinition(string source)
{
    /// <summary>The largest published files have some 20 MB.</summary>
    private const long LargestFile = 256L << 20;

    /// <summary>Bounds what a hostile expression can cost; an honest one takes microseconds a match.</summary>
    private static readonly TimeSpan LongestMatch = TimeSpan.FromSeconds(30);

    public Dictionary<string, int> Vocabulary { get; } = new(StringComparer.Ordinal);
    public List<(string Left, string Right)> Merges { get; } = [];
    public Dictionary<string, int> Added { get; } = new(StringComparer.Ordinal);
    public List<Regex> SplitExpressions { get; } = [];
    public bool NormalizesToFormC { get; set; }
    public bool IgnoresMergesOfEntries { get; set; }

    public InvalidDataException Fault(string reason) => new($"{source} is no usable tokenizer: {reason}.");

    public byte[] BytesOf(string path)
    {
        var size = new FileInfo(path).Length;
        if (size > LargestFile) throw Fault($"{Path.GetFileName(path)} has {size} bytes, more than the {LargestFile} a tokenizer may have");
        return File.ReadAllBytes(path);
    }

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
