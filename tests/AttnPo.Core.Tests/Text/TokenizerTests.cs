using System.Text.Json.Nodes;
using AttnPo.Core.Tests.Data;
using AttnPo.Core.Text;
using CsCheck;
using Xunit;

namespace AttnPo.Core.Tests.Text;

public class TokenizerTests(TinyTokenizerFixture fixture) : IClassFixture<TinyTokenizerFixture>
{
    private readonly Tokenizer _tiny = fixture.Tokenizer;

    private Tokenizer Changed(Action<JsonNode> change)
    {
        var root = JsonNode.Parse(File.ReadAllText(Path.Combine(fixture.Directory, "tokenizer.json")))!;
        change(root);
        var path = Path.Combine(fixture.Directory, $"{Guid.NewGuid():N}.json");
        File.WriteAllText(path, root.ToJsonString());
        return Tokenizer.Load(path);
    }

    private static JsonObject Added(int id, string content) => new() { ["id"] = id, ["content"] = content };

    [Fact]
    public void Merges_written_as_pairs_read_like_merges_written_as_strings()
    {
        var pairs = Changed(root => root["model"]!["merges"] = new JsonArray(
            [.. root["model"]!["merges"]!.AsArray().Select(merge => new JsonArray([.. merge!.GetValue<string>().Split(' ').Select(side => (JsonNode)side)]))]));
        const string Text = "First, b:=a+4, 3+4 so b=7.\n</think>\nb=7 so \\boxed{7}<|end|>";
        Assert.Equal(_tiny.Encode(Text), pairs.Encode(Text));
    }

    [Fact]
    public void Of_added_tokens_at_one_place_the_longest_is_taken()
    {
        var tokenizer = Changed(root =>
        {
            root["added_tokens"]!.AsArray().Add(Added(600, "<a"));
            root["added_tokens"]!.AsArray().Add(Added(601, "<a>b"));
            root["added_tokens"]!.AsArray().Add(Added(602, "a>b!"));
        });
        Assert.Equal([601, .. tokenizer.Encode("!"), 600, .. tokenizer.Encode(">c")], tokenizer.Encode("<a>b!<a>c").AsEnumerable());
    }

    [Fact]
    public void Ids_without_an_entry_have_no_text()
    {
        var text = _tiny.Decode([-1, .. _tiny.Encode("b=7"), 100_000, int.MaxValue]);
        Assert.Equal("b=7", text.Text);
        Assert.Equal((5, 1, 2), (text.TokenCount, text.TokenAt(0), text.TokenAt(2)));
        Assert.Equal(3, text.StartOf(3));
    }

    [Fact]
    public void Any_ids_decode_without_throwing() =>
        Gen.Int[0, _tiny.VocabularySize + 5].Array[0, 30].Sample(ids =>
        {
            var text = _tiny.Decode(ids);
            for (var character = 0; character < text.Text.Length; character++) Assert.InRange(text.TokenAt(character), 0, ids.Length - 1);
        });

    [Fact]
    public void Text_of_any_plane_comes_back_with_offsets_that_cover_it()
    {
        var words = (string[])["b=7", " so ", "<think>", "é", "e\u0301", "漢字", "😀", "𝐀𝐁", "\u0000", "\r\n", "\u2028", "👩‍👩‍👧", "٣"];
        Gen.Int[0, words.Length - 1].Array[0, 20].Sample(picks =>
        {
            var text = string.Concat(picks.Select(at => words[at]));
            var tokens = _tiny.EncodeWithOffsets(text);
            Assert.Equal(text, _tiny.Decode([.. tokens.Select(token => token.Id)]).Text);
            Assert.Equal(text.Length, tokens.Count == 0 ? 0 : tokens[^1].Characters.End);
            Assert.All(tokens.Zip(tokens.Skip(1)), pair => Assert.InRange(pair.Second.Characters.Start, pair.First.Characters.Start, pair.First.Characters.End));
        });
    }

    [Fact]
    public void A_lone_surrogate_is_encoded_as_a_replacement_character() =>
        Assert.Equal("a\uFFFDb", _tiny.Decode(_tiny.Encode("a\uD83Db")).Text);

    [Fact]
    public void Offsets_point_into_the_text_as_it_was_before_normalisation()
    {
        var composing = Changed(root => root["normalizer"] = new JsonObject { ["type"] = "NFC" });
        var tokens = composing.EncodeWithOffsets("e\u0301=7");
        // The composed letter has two bytes, and so two tokens: each comes from both of the characters it was composed of.
        Assert.Equal("\u00e9=7", composing.Decode([.. tokens.Select(token => token.Id)]).Text);
        Assert.Equal([new(0, 2), new(0, 2), new(2, 3), new(3, 4)], tokens.Select(token => token.Characters));
    }

    [Fact]
    public void The_whole_piece_is_taken_first_where_the_file_ignores_merges_of_entries()
    {
        var tokenizer = Changed(root =>
        {
            root["model"]!["ignore_merges"] = true;
            root["model"]!["vocab"]!["zz"] = 610;
        });
        Assert.Equal([610], tokenizer.Encode("zz"));
        Assert.Equal(2, _tiny.Encode("zz").Length);
    }

    [Fact]
    public void Many_threads_get_the_same_ids()
    {
        var texts = Enumerable.Range(0, 200).Select(i => $"b={i} so c={i * 7} Word{i}, ").ToArray();
        var expected = texts.Select(_tiny.Encode).ToArray();
        var fresh = Tokenizer.Load(fixture.Directory);
        Parallel.For(0, 1_000, i => Assert.Equal(expected[i % texts.Length].AsEnumerable(), fresh.Encode(texts[i % texts.Length])));
    }

    [Fact]
    public void A_piece_of_a_hundred_thousand_letters_is_merged()
    {
        var text = new string('z', 100_000);
        Assert.Equal(text, _tiny.Decode(_tiny.Encode(text)).Text);
    }
}
