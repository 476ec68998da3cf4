using System.Text.Json;
using AttnPo.Core.Text;
using Xunit;

namespace AttnPo.Core.Tests.Text;

/// <summary>The tokenizers of the reference data beside the repository; tests that need them are skipped where it is absent.</summary>
internal static class SharedTokenizers
{
    private static readonly Lazy<Tokenizer> DeepSeekLoaded = new(() => Tokenizer.Load(Folder("deepseek-r1-distill-qwen")));

    public static Tokenizer DeepSeek => DeepSeekLoaded.Value;

    public static string Folder(string name)
    {
        for (var at = new DirectoryInfo(AppContext.BaseDirectory); at is not null; at = at.Parent)
        {
            var candidate = Path.Combine(at.FullName, "shared", "data", "tokenizers", name);
            if (Directory.Exists(candidate)) return candidate;
        }
        throw new SkipException($"shared/data/tokenizers/{name} is not beside the repository");
    }

    public static IEnumerable<(string Text, int[] Ids)> Rows(string folder, string file)
    {
        foreach (var line in File.ReadLines(Path.Combine(Folder(folder), file)))
        {
            using var row = JsonDocument.Parse(line);
            yield return (row.RootElement.GetProperty("text").GetString()!,
                [.. row.RootElement.GetProperty("ids").EnumerateArray().Select(id => id.GetInt32())]);
        }
    }
}
