using AttnPo.Core.Text;
using Xunit;

namespace AttnPo.Core.Tests.Text;

public sealed class EditDistanceTests
{
    [Theory]
    [InlineData("", "abc", 3)]
    [InlineData("kitten", "sitting", 3)]
    [InlineData("lamda", "lambda", 1)]
    public void The_edit_distance_counts_insertions_deletions_and_replacements(string a, string b, int distance) =>
        Assert.Equal(distance, EditDistance.Between(a, b));

    [Fact]
    public void The_nearest_word_is_the_one_with_the_least_distance_and_of_several_the_first() =>
        Assert.Equal("bat", EditDistance.Nearest("xat", ["dog", "bat", "cat"]));
}
