using System.Text.Json;
using CsCheck;
using Microsoft.ML.Tokenizers;
using Xunit;

namespace AttnPo.Core.Tests.Text;

/// <summary>Our merging against another implementation's, over the same vocabulary.</summary>
public class MergeOracleTests
{
    [SkippableFact]
    public void Merging_gives_what_the_library_gives()
    {
        using var file = JsonDocument.Parse(File.ReadAllBytes(Path.Combine(SharedTokenizers.Folder("deepseek-r1-distill-qwen"), "tokenizer.json")));
        var model = file.RootElement.GetProperty("model");
        var options = new BpeOptions(model.GetProperty("vocab").EnumerateObject().Select(entry => KeyValuePair.Create(entry.Name, entry.Value.GetInt32())))
        {
            Merges = model.GetProperty("merges").EnumerateArray().Select(merge => merge.GetString()!),
            ByteLevel = true,
        };
        var library = BpeTokenizer.Create(options);
        var ours = SharedTokenizers.DeepSeek;

        // Single pieces, so that only the merging is compared: letters without spaces between them.
        var letters = "etaoinshrdlucmfwypvbgkjqxzETAOINSHRDéüßñ漢字的一是不了人我абвгд𝐀";
        var runes = letters.EnumerateRunes().Select(rune => rune.ToString()).ToArray();
        Gen.Int[0, runes.Length - 1].Array[1, 40].Sample(picks =>
        {
            var piece = string.Concat(picks.Select(at => runes[at]));
            Assert.Equal(library.EncodeToIds(piece, considerPreTokenization: false, considerNormalization: false), ours.Encode(piece));
        }, iter: 2_000);
    }
}
