using System.Text.Json.Nodes;
using AttnPo.Core.Data;
using AttnPo.Core.Text;
using CsCheck;
using Xunit;

namespace AttnPo.Core.Tests.Text;

/// <summary>A file that cannot be used is refused with its name and the reason, whatever stands in it.</summary>
[Trait("Contract", "C9")]
public sealed class MalformedTokenizerTests : IDisposable
{
    private readonly string _directory = Directory.CreateTempSubdirectory("attnpo-malformed-").FullName;

    private string FilePath => Path.Combine(_directory, "tokenizer.json");

    public MalformedTokenizerTests() => TinyTask.WriteTokenizer(_directory);

    public void Dispose() => Directory.Delete(_directory, recursive: true);

    private InvalidDataException Refused(Action<JsonNode> change)
    {
        var root = JsonNode.Parse(File.ReadAllText(FilePath))!;
        change(root);
        File.WriteAllText(FilePath, root.ToJsonString());
        var fault = Assert.Throws<InvalidDataException>(() => Tokenizer.Load(_directory));
        Assert.Contains(FilePath, fault.Message);
        return fault;
    }

    private void IsRefusedFor(string reason, Action<JsonNode> change) => Assert.Contains(reason, Refused(change).Message);

    [Fact]
    public void A_file_that_is_not_there_is_named()
    {
        var fault = Assert.Throws<FileNotFoundException>(() => Tokenizer.Load(Path.Combine(_directory, "nowhere")));
        Assert.Contains("nowhere", fault.Message);
    }

    [Theory]
    [InlineData("")]
    [InlineData("{")]
    [InlineData("[]")]
    [InlineData("null")]
    [InlineData("{}")]
    [InlineData("{\"model\":[]}")]
    [InlineData("{\"model\":{\"vocab\":{\"\\ud800\":1},\"merges\":[]}}")]
    [InlineData("{\"model\":{\"type\":\"\\udc00\"}}")]
    public void A_text_that_is_no_tokenizer_is_refused(string text)
    {
        File.WriteAllText(FilePath, text);
        Assert.Contains(FilePath, Assert.Throws<InvalidDataException>(() => Tokenizer.Load(_directory)).Message);
    }

    [Fact]
    public void A_file_of_absurd_size_is_refused_before_it_is_read()
    {
        using (var file = File.OpenWrite(FilePath)) file.SetLength(1L << 40);
        Assert.Contains("1099511627776 bytes", Assert.Throws<InvalidDataException>(() => Tokenizer.Load(_directory)).Message);
    }

    [Fact]
    public void An_id_out_of_range_is_refused_before_memory_is_given_to_it()
    {
        IsRefusedFor("no id", root => root["model"]!["vocab"]!["!"] = int.MaxValue);
        IsRefusedFor("no id", root => root["model"]!["vocab"]!["!"] = -1);
        IsRefusedFor("no id", root => root["model"]!["vocab"]!["!"] = "33");
        IsRefusedFor("no id", root => root["added_tokens"]![0]!["id"] = 1.5);
    }

    [Fact]
    public void Two_entries_of_one_id_are_refused()
    {
        IsRefusedFor("two entries", root => root["model"]!["vocab"]!["new"] = 7);
    }

    [Fact]
    public void An_added_token_with_the_id_of_another_entry_is_refused() =>
        IsRefusedFor("another entry", root => root["added_tokens"]![0]!["id"] = 7);

    [Fact]
    public void A_missing_byte_is_refused() =>
        IsRefusedFor("0x41", root => root["model"]!["vocab"]!.AsObject().Remove("A"));

    [Fact]
    public void A_merge_outside_the_vocabulary_is_refused()
    {
        IsRefusedFor("merges[", root => root["model"]!["merges"]!.AsArray().Add("Q Q"));
    }

    [Theory]
    [InlineData("\"only\"")]
    [InlineData("\"a b c\"")]
    [InlineData("[\"a\"]")]
    [InlineData("[\"a\",1]")]
    [InlineData("[\"\",\"a\"]")]
    [InlineData("7")]
    public void A_merge_that_is_no_pair_is_refused(string merge) =>
        IsRefusedFor("no pair", root => root["model"]!["merges"]!.AsArray().Add(JsonNode.Parse(merge)));

    [Fact]
    public void What_is_not_implemented_is_refused_by_name()
    {
        IsRefusedFor("Unigram", root => root["model"]!["type"] = "Unigram");
    }

    [Theory]
    [InlineData("normalizer", "{\"type\":\"NFKC\"}", "NFKC")]
    [InlineData("pre_tokenizer", "{\"type\":\"Whitespace\"}", "Whitespace")]
    [InlineData("pre_tokenizer", "{\"type\":\"Sequence\",\"pretokenizers\":[]}", "ByteLevel")]
    [InlineData("pre_tokenizer", "{\"type\":\"Sequence\",\"pretokenizers\":[1]}", "no object")]
    [InlineData("pre_tokenizer", "{\"type\":\"Split\",\"behavior\":\"Removed\",\"pattern\":{\"Regex\":\"a\"}}", "Removed")]
    [InlineData("pre_tokenizer", "{\"type\":\"Split\",\"behavior\":\"Isolated\",\"pattern\":{\"Regex\":\"(\"}}", "expression")]
    [InlineData("pre_tokenizer", "{\"type\":\"ByteLevel\",\"add_prefix_space\":true}", "add_prefix_space")]
    [InlineData("added_tokens", "[{\"id\":1,\"content\":\"\"}]", "no content")]
    [InlineData("added_tokens", "[{\"id\":600,\"content\":\"x\",\"lstrip\":true}]", "lstrip")]
    [InlineData("added_tokens", "[{\"id\":600,\"content\":\"x\",\"special\":1,\"rstrip\":3}]", "rstrip")]
    [InlineData("added_tokens", "{}", "added_tokens")]
    [InlineData("model", "null", "model")]
    public void A_part_that_cannot_be_used_is_refused(string part, string value, string reason) =>
        IsRefusedFor(reason, root => root[part] = JsonNode.Parse(value));

    [Fact]
    public void A_damaged_file_loads_or_is_refused_but_never_crashes()
    {
        var whole = File.ReadAllBytes(FilePath);
        Gen.Select(Gen.Int[0, whole.Length - 1], Gen.Byte).Array[1, 4].Sample(damages =>
        {
            var damaged = (byte[])whole.Clone();
            foreach (var (at, value) in damages) damaged[at] = value;
            var path = Path.Combine(_directory, $"{Guid.NewGuid():N}.json");
            File.WriteAllBytes(path, damaged);
            try
            {
                Tokenizer.Load(path).EncodeWithOffsets("First, b:=a+4, 3+4 so b=7.\n\u00e9\U0001F600");
            }
            catch (InvalidDataException)
            {
                // Refused, as it may be.
            }
            finally
            {
                File.Delete(path);
            }
        }, iter: 300, threads: 1);
    }
}
