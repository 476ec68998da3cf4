using AttnPo.Core.Tests.Data;
using AttnPo.Core.Text;
using CsCheck;
using Xunit;

namespace AttnPo.Core.Tests.Text;

public class StreamingDecoderTests(TinyTokenizerFixture fixture) : IClassFixture<TinyTokenizerFixture>
{
    private readonly Tokenizer _tiny = fixture.Tokenizer;

    private static List<string> Pieces(Tokenizer tokenizer, IEnumerable<int> ids)
    {
        var decoder = new StreamingDecoder(tokenizer);
        return [.. ids.Select(decoder.Append), decoder.Complete()];
    }

    private static void IsWhole(string piece) => Assert.True(
        piece.Length == 0 || (!char.IsHighSurrogate(piece[^1]) && !char.IsLowSurrogate(piece[0])), $"\"{piece}\" holds half a character");

    [Fact]
    public void Pieces_of_any_tokens_are_whole_and_together_what_decoding_at_once_gives() =>
        Gen.Int[-1, _tiny.VocabularySize + 5].Array[0, 40].Sample(ids =>
        {
            var pieces = Pieces(_tiny, ids);
            Assert.All(pieces, IsWhole);
            Assert.Equal(_tiny.Decode(ids).Text, string.Concat(pieces));
        });

    [Fact]
    public void Text_whose_characters_are_spread_over_tokens_comes_without_a_replacement_character()
    {
        var words = (string[])["b=7", "é", "漢字", "😀", "𝐀𝐁", "€", "👩‍👩‍👧", "<|end|>", "\n"];
        Gen.Int[0, words.Length - 1].Array[0, 20].Sample(picks =>
        {
            var text = string.Concat(picks.Select(at => words[at]));
            var pieces = Pieces(_tiny, _tiny.Encode(text));
            Assert.All(pieces, IsWhole);
            Assert.DoesNotContain(pieces, piece => piece.Contains('\uFFFD'));
            Assert.Equal(text, string.Concat(pieces));
            Assert.Empty(pieces[^1]);
        });
    }

    [Fact]
    public void A_character_comes_with_its_last_byte() =>
        Assert.Equal(["a", "", "", "", "😀", "b", ""], Pieces(_tiny, _tiny.Encode("a😀b")));

    [Fact]
    public void Bytes_that_never_become_a_character_are_told_at_the_end_or_by_what_follows()
    {
        var bytes = _tiny.Encode("😀");
        Assert.Equal(["", "", "\uFFFD"], Pieces(_tiny, bytes[..2]));
        Assert.Equal(["", "\uFFFDa", ""], Pieces(_tiny, [bytes[0], .. _tiny.Encode("a")]));
    }

    [SkippableFact]
    public void A_real_vocabulary_streams_every_reference_text()
    {
        foreach (var (_, ids) in SharedTokenizers.Rows("deepseek-r1-distill-qwen", "encode-derived-dev.jsonl"))
        {
            var pieces = Pieces(SharedTokenizers.DeepSeek, ids);
            Assert.All(pieces, IsWhole);
            Assert.Equal(SharedTokenizers.DeepSeek.Decode(ids).Text, string.Concat(pieces));
        }
    }
}
