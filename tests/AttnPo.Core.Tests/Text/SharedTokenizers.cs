using AttnPo.Core.Text;

namespace AttnPo.Core.Tests.Text;

/// <summary>The tokenizers of the reference data; tests that need them are skipped where it is absent.</summary>
internal static class SharedTokenizers
{
    private static Tokenizer? _deepSeek;

    // Not a Lazy: that would keep the first test's skip as its value's fault.
    public static Tokenizer DeepSeek => _deepSeek ??= Tokenizer.Load(Folder("deepseek-r1-distill-qwen"));

    public static string Folder(string name) => SharedData.Require(Path.Combine("tokenizers", name));

    public static IEnumerable<(string Text, int[] Ids)> Rows(string folder, string file) =>
        SharedData.Rows(Path.Combine("tokenizers", folder, file)).Select(row =>
            (row.GetProperty("text").GetString()!, row.GetProperty("ids").EnumerateArray().Select(id => id.GetInt32()).ToArray()));
}
