using System.Text.Json;
using System.Text.Json.Nodes;
using AttnPo.Core.Text;
using Xunit;

namespace AttnPo.Core.Tests.Text;

/// <summary>A <c>tokenizer.json</c> of the form Llama 3 has, with a vocabulary made by hand.</summary>
public sealed class LlamaTokenizerTests : IDisposable
{
    private const int Begin = 300;

    private readonly string _directory = Directory.CreateTempSubdirectory("attnpo-llama-").FullName;
    private readonly Tokenizer _tokenizer;

    public LlamaTokenizerTests()
    {
        var vocabulary = new JsonObject();
        for (var value = 0; value < 256; value++) vocabulary[ByteAlphabet.CharacterOf((byte)value).ToString()] = value;
        // No merges lead to "1234" or to "sum"; the second is taken whole nevertheless, because the file ignores merges of entries.
        foreach (var (entry, id) in new (string, int)[] { ("su", 256), ("12", 257), ("123", 258), ("sum", 259), ("1234", 260) }) vocabulary[entry] = id;
        var file = new JsonObject
        {
            ["version"] = "1.0",
            ["added_tokens"] = new JsonArray(Added(Begin, "<|begin_of_text|>"), Added(301, "<|eot_id|>")),
            ["normalizer"] = null,
            ["pre_tokenizer"] = JsonNode.Parse(
                """
                {"type":"Sequence","pretokenizers":[
                    {"type":"Split","behavior":"Isolated","invert":false,"pattern":{"Regex":
                        "(?i:'s|'t|'re|'ve|'m|'ll|'d)|[^\\r\\n\\p{L}\\p{N}]?\\p{L}+|\\p{N}{1,3}| ?[^\\s\\p{L}\\p{N}]+[\\r\\n]*|\\s*[\\r\\n]+|\\s+(?!\\S)|\\s+"}},
                    {"type":"ByteLevel","add_prefix_space":false,"trim_offsets":true,"use_regex":false}]}
                """),
            ["post_processor"] = JsonNode.Parse(
                """
                {"type":"Sequence","processors":[
                    {"type":"ByteLevel","add_prefix_space":true,"trim_offsets":false,"use_regex":true},
                    {"type":"TemplateProcessing",
                        "single":[{"SpecialToken":{"id":"<|begin_of_text|>","type_id":0}},{"Sequence":{"id":"A","type_id":0}}],
                        "special_tokens":{"<|begin_of_text|>":{"id":"<|begin_of_text|>","ids":[300],"tokens":["<|begin_of_text|>"]}}}]}
                """),
            ["decoder"] = JsonNode.Parse("{\"type\":\"ByteLevel\",\"add_prefix_space\":true,\"trim_offsets\":true,\"use_regex\":true}"),
            ["model"] = new JsonObject
            {
                ["type"] = "BPE",
                ["dropout"] = null,
                ["unk_token"] = null,
                ["continuing_subword_prefix"] = null,
                ["end_of_word_suffix"] = null,
                ["fuse_unk"] = false,
                ["byte_fallback"] = false,
                ["ignore_merges"] = true,
                ["vocab"] = vocabulary,
                ["merges"] = new JsonArray(new JsonArray("s", "u"), new JsonArray("1", "2"), new JsonArray("12", "3")),
            },
        };
        File.WriteAllText(Path.Combine(_directory, "tokenizer.json"), JsonSerializer.Serialize(file));
        _tokenizer = Tokenizer.Load(_directory);
    }

    public void Dispose() => Directory.Delete(_directory, recursive: true);

    private static JsonObject Added(int id, string content) => new() { ["id"] = id, ["content"] = content, ["special"] = true };

    [Fact]
    public void A_begin_token_stands_where_the_text_has_one_and_nowhere_else()
    {
        Assert.Equal([259], _tokenizer.Encode("sum"));
        Assert.Equal([Begin, 259, 301], _tokenizer.Encode("<|begin_of_text|>sum<|eot_id|>"));
    }

    [Fact]
    public void Numbers_are_split_by_three_digits() => Assert.Equal([258, '4', ' ', 257], _tokenizer.Encode("1234 12"));

    [Fact]
    public void Pieces_that_are_no_entry_are_merged_as_ever() => Assert.Equal([256, 's'], _tokenizer.Encode("sus"));

    [Fact]
    public void Text_is_not_normalised() => Assert.Equal("e\u0301", _tokenizer.Decode(_tokenizer.Encode("e\u0301")).Text);
}
