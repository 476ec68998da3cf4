using System.Text;
using AttnPo.Core.Text;
using CsCheck;
using Xunit;

namespace AttnPo.Core.Tests.Text;

public class DecodedTextTests
{
    private static DecodedText Decode(params byte[][] tokens) => DecodedText.FromBytes(tokens);

    [Fact]
    public void A_character_belongs_to_the_token_of_its_first_byte()
    {
        // "aé€" with the euro sign's three bytes spread over three tokens.
        var text = Decode("aé"u8.ToArray(), [0xE2], [0x82], [0xAC, (byte)'b']);
        Assert.Equal("aé€b", text.Text);
        Assert.Equal([0, 0, 1, 3], Enumerable.Range(0, 4).Select(text.TokenAt));
    }

    [Fact]
    public void Both_halves_of_a_surrogate_pair_belong_to_one_token()
    {
        var bytes = "😀"u8.ToArray();
        var text = Decode(bytes[..2], bytes[2..]);
        Assert.Equal("😀", text.Text);
        Assert.Equal((0, 0), (text.TokenAt(0), text.TokenAt(1)));
    }

    [Fact]
    public void A_token_that_starts_no_character_starts_at_the_next_one()
    {
        var text = Decode("a"u8.ToArray(), [0xE2], [0x82], [0xAC, (byte)'b'], []);
        Assert.Equal([0, 1, 2, 2, 3, 3], Enumerable.Range(0, 6).Select(text.StartOf));
    }

    [Fact]
    public void Invalid_bytes_decode_to_replacement_characters()
    {
        var text = Decode([0xFF, (byte)'a'], [0xC3], [(byte)'b']);
        Assert.Equal("\uFFFDa\uFFFDb", text.Text);
        Assert.Equal([0, 0, 1, 2], Enumerable.Range(0, 4).Select(text.TokenAt));
    }

    [Fact]
    public void Any_bytes_decode_as_the_base_library_decodes_them() =>
        Gen.Byte.Array[0, 5].Array[0, 12].Sample(tokens =>
        {
            var text = Decode(tokens);
            Assert.Equal(Encoding.UTF8.GetString([.. tokens.SelectMany(token => token)]), text.Text);
            for (var character = 0; character < text.Text.Length; character++)
            {
                var token = text.TokenAt(character);
                Assert.InRange(character, text.StartOf(token), text.StartOf(token + 1) - 1);
            }
        });

    [Fact]
    public void No_tokens_decode_to_no_text()
    {
        Assert.Equal(("", 0), (Decode().Text, Decode().TokenCount));
        Assert.Throws<ArgumentOutOfRangeException>(() => Decode().TokenAt(0));
    }
}
