using System.Text;
using System.Text.Json;
using AttnPo.Core.Text;

namespace AttnPo.Core.Tests.Verification;

/// <summary>A tokenizer of single bytes, a few longer entries and the usual added tokens, through a real file.</summary>
internal static class ByteTokenizer
{
    public const string Stop = "<stop>";

    public static Tokenizer With(bool thinkTokens, params string[] entries)
    {
        var vocabulary = Enumerable.Range(0, 256).ToDictionary(value => ByteAlphabet.CharacterOf((byte)value).ToString(), value => value);
        foreach (var entry in entries) vocabulary.Add(ByteAlphabet.Spell(Encoding.UTF8.GetBytes(entry)), vocabulary.Count);
        string[] added = thinkTokens ? [Stop, "<think>", "</think>"] : [Stop];
        var file = new
        {
            added_tokens = added.Select((content, i) => new { id = vocabulary.Count + i, content, special = true }),
            pre_tokenizer = new { type = "ByteLevel", add_prefix_space = false, use_regex = false },
            model = new { type = "BPE", vocab = vocabulary, merges = Array.Empty<string>() },
        };
        var path = Path.GetTempFileName();
        try
        {
            File.WriteAllText(path, JsonSerializer.Serialize(file));
            return Tokenizer.Load(path);
        }
        finally
        {
            File.Delete(path);
        }
    }
}
