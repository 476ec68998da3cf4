using System.Text.Json.Nodes;
using AttnPo.Core.Data;
using AttnPo.Core.Text;
using Xunit;

namespace AttnPo.Core.Tests.Text;

/// <summary>The older layout of a Qwen2 folder: vocab.json and merges.txt.</summary>
public sealed class VocabularyFilesTests : IDisposable
{
    private const string Config = "{\"tokenizer_class\":\"Qwen2Tokenizer\"}";

    private readonly string _directory = Directory.CreateTempSubdirectory("attnpo-vocabulary-").FullName;

    public VocabularyFilesTests()
    {
        TinyTask.WriteTokenizer(_directory);
        var root = JsonNode.Parse(File.ReadAllText(At("tokenizer.json")))!;
        File.Delete(At("tokenizer.json"));
        Write("vocab.json", root["model"]!["vocab"]!.ToJsonString());
        Write("merges.txt", "#version: 0.2\n" + string.Join('\n', root["model"]!["merges"]!.AsArray().Select(merge => merge!.GetValue<string>())) + "\n");
        Write("added_tokens.json", "{\"<think>\":600}");
        Write("tokenizer_config.json", Config);
    }

    public void Dispose() => Directory.Delete(_directory, recursive: true);

    private string At(string file) => Path.Combine(_directory, file);

    private void Write(string file, string text) => File.WriteAllText(At(file), text);

    private void IsRefusedFor(string reason)
    {
        var fault = Assert.Throws<InvalidDataException>(() => Tokenizer.Load(_directory));
        Assert.Contains(_directory, fault.Message);
        Assert.Contains(reason, fault.Message);
    }

    [SkippableFact]
    public void The_ids_of_an_old_folder_equal_the_reference_on_every_row()
    {
        var tokenizer = Tokenizer.Load(SharedTokenizers.Folder("qwen2"));
        var rows = SharedTokenizers.Rows("qwen2", "encode-dev.jsonl").ToList();
        Assert.NotEmpty(rows);
        foreach (var (text, ids) in rows) Assert.Equal(ids, tokenizer.Encode(text));
        Assert.Equal([151_644, 151_645, 151_643], tokenizer.Encode("<|im_start|><|im_end|><|endoftext|>"));
    }

    [SkippableFact]
    public void An_old_folder_splits_text_as_a_new_one_does()
    {
        var (old, current) = (Tokenizer.Load(SharedTokenizers.Folder("qwen2")), SharedTokenizers.DeepSeek);
        foreach (var (text, _) in SharedTokenizers.Rows("deepseek-r1-distill-qwen", "encode-derived-dev.jsonl"))
            if (!text.Contains('<', StringComparison.Ordinal)) Assert.Equal(current.Encode(text), old.Encode(text));
    }

    [Theory]
    [InlineData("\n")]
    [InlineData("\r\n")]
    public void Merges_and_added_tokens_are_read_whatever_ends_the_lines(string end)
    {
        Write("merges.txt", File.ReadAllText(At("merges.txt")).Replace("\n", end));
        var tokenizer = Tokenizer.Load(_directory);
        Assert.Equal(600, tokenizer.Encode("<think>")[0]);
        Assert.Equal("b=7 so \u00e9", tokenizer.Decode(tokenizer.Encode("b=7 so e\u0301")).Text);
        Assert.True(Tokenizer.IsIn(_directory));
    }

    [Fact]
    public void Added_tokens_may_stand_in_the_settings()
    {
        File.Delete(At("added_tokens.json"));
        Write("tokenizer_config.json", "{\"tokenizer_class\":\"Qwen2Tokenizer\",\"added_tokens_decoder\":{\"601\":{\"content\":\"<a>\"}}}");
        Assert.Equal([601], Tokenizer.Load(_directory).Encode("<a>"));
    }

    [Fact]
    public void A_folder_with_a_tokenizer_file_is_read_from_that_alone()
    {
        TinyTask.WriteTokenizer(_directory);
        Write("vocab.json", "{");
        Assert.NotEmpty(Tokenizer.Load(_directory).Encode("b=7"));
    }

    [Theory]
    [InlineData("tokenizer_config.json", "{\"tokenizer_class\":\"GPT2Tokenizer\"}", "GPT2Tokenizer")]
    [InlineData("tokenizer_config.json", "{}", "tokenizer_class is missing")]
    [InlineData("tokenizer_config.json", "{\"tokenizer_class\":\"Qwen2Tokenizer\",\"add_prefix_space\":true}", "add_prefix_space")]
    [InlineData("tokenizer_config.json", "{\"tokenizer_class\":\"Qwen2Tokenizer\",\"added_tokens_decoder\":{\"x\":{\"content\":\"a\"}}}", "no id")]
    [InlineData("tokenizer_config.json", "{\"tokenizer_class\":\"Qwen2Tokenizer\",\"added_tokens_decoder\":{\"99999999\":{\"content\":\"a\"}}}", "no id")]
    [InlineData("tokenizer_config.json", "{\"tokenizer_class\":\"Qwen2Tokenizer\",\"added_tokens_decoder\":{\"601\":{\"content\":\"<think>\"}}}", "the id 601")]
    [InlineData("added_tokens.json", "{\"\":600}", "no content")]
    [InlineData("added_tokens.json", "[]", "no object")]
    [InlineData("added_tokens.json", "{\"<a>\":-1}", "no id")]
    [InlineData("vocab.json", "{", "no valid JSON")]
    [InlineData("vocab.json", "{}", "0x00")]
    [InlineData("merges.txt", "a\n", "line 1 of merges.txt")]
    [InlineData("merges.txt", "#version: 0.2\na b c\n", "line 2 of merges.txt")]
    [InlineData("merges.txt", "Q Q\n", "merges[0]")]
    [Trait("Contract", "C9")]
    public void A_file_that_cannot_be_used_is_refused_by_name(string file, string text, string reason)
    {
        Write(file, text);
        IsRefusedFor(reason);
    }

    [Fact]
    [Trait("Contract", "C9")]
    public void A_folder_that_does_not_say_whose_vocabulary_it_is_is_refused()
    {
        File.Delete(At("tokenizer_config.json"));
        IsRefusedFor("tokenizer_config.json is missing");
    }

    [Fact]
    [Trait("Contract", "C9")]
    public void A_file_of_absurd_size_is_refused_before_it_is_read()
    {
        using (var file = File.OpenWrite(At("merges.txt"))) file.SetLength(1L << 40);
        IsRefusedFor("1099511627776 bytes");
    }
}
