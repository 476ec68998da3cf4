using System.Globalization;
using AttnPo.Core.Text;
using CsCheck;
using Xunit;

namespace AttnPo.Core.Tests.Text;

public class CanonicalCompositionTests
{
    [Theory]
    [InlineData("plain", "plain")]
    [InlineData("e\u0301", "\u00e9")]
    [InlineData("\u1E9B\u0323", "\u1E9B\u0323")]            // the mark below blocks nothing, but no such composite exists
    [InlineData("s\u0307\u0323", "\u1E69")]                  // marks are ordered before they compose
    [InlineData("\u212B", "\u00C5")]                         // a singleton
    [InlineData("\u0958", "\u0915\u093C")]                   // excluded from composition
    [InlineData("\u1100\u1161\u11A8", "\uAC01")]             // a Hangul syllable from its letters
    [InlineData("\uAC00\u11A8", "\uAC01")]
    [InlineData("a\u0315\u0300", "\u00E0\u0315")]
    [InlineData("\u0344", "\u0308\u0301")]
    [InlineData("\U00011099\U000110BA", "\U0001109A")]       // beyond the basic plane
    [InlineData("\U0001D15E", "\U0001D157\U0001D165")]
    [InlineData("\uFA0E\uF900", "\uFA0E\u8C48")]
    public void Text_takes_form_C(string text, string composed) => Assert.Equal(composed, CanonicalComposition.Normalize(text).Text);

    [Fact]
    public void Normalising_twice_changes_nothing_and_sources_ascend()
    {
        var words = (string[])["a", "e", "\u0301", "\u0323", "\u1100", "\u1161", "\u11A8", "\uAC00", "\u0344", "\u0F73", "\u0F71", "😀", "\uD800", "\u212B"];
        Gen.Int[0, words.Length - 1].Array[0, 15].Sample(picks =>
        {
            var text = string.Concat(picks.Select(at => words[at]));
            var (composed, sourceOf) = CanonicalComposition.Normalize(text);
            Assert.Equal(composed, CanonicalComposition.Normalize(composed).Text);
            if (sourceOf is null) return;
            Assert.Equal(composed.Length, sourceOf.Count);
            var covered = 0;
            foreach (var (start, end) in sourceOf)
            {
                Assert.InRange(start, 0, covered);
                covered = Math.Max(covered, end);
            }
            Assert.Equal(text.Length, covered);
        });
    }

    [Fact]
    public void Every_category_is_represented_by_a_character_of_its_own()
    {
        foreach (var category in Enum.GetValues<UnicodeCategory>())
            Assert.Equal(category, CharUnicodeInfo.GetUnicodeCategory(PreTokenizer.RepresentativeOf(category)));
    }

    [Fact]
    public void A_letter_beyond_the_basic_plane_is_split_as_a_letter()
    {
        var splitter = new PreTokenizer([new(@"\p{L}+|\p{N}|[^\p{L}\p{N}]+")]);
        var text = "a𝐀b😀𝟏𝟐!";
        Assert.Equal(["a𝐀b", "😀", "𝟏", "𝟐", "!"], splitter.Split(text).Select(piece => text[piece.Start..piece.End]));
    }
}
