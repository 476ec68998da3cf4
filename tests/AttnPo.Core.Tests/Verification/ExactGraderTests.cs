using AttnPo.Core.Verification;
using CsCheck;
using Xunit;

namespace AttnPo.Core.Tests.Verification;

public class ExactGraderTests
{
    [Theory]
    [InlineData("4", " 4 ")]
    [InlineData("4", "$4$")]
    [InlineData("4", @"\(4\)")]
    [InlineData("4", "+4")]
    [InlineData("4", "004")]
    [InlineData("4", "4.00")]
    [InlineData("4", "4.")]
    [InlineData("-4", "-04")]
    [InlineData("0", "-0.0")]
    [InlineData("4", "{4}")]
    [InlineData("(1,2)", @"\left( 1,\, 2 \right)")]
    [InlineData(@"\frac{1}{2}", @"\dfrac{1}{2}")]
    [InlineData("east", @"\text{ east }")]
    public void Habits_of_writing_make_no_difference(string gold, string answer) => Assert.True(new ExactGrader().AreEqual(gold, answer));

    [Theory]
    [InlineData("4", "5")]
    [InlineData("4", "40")]
    [InlineData("4", "-4")]
    [InlineData("0.5", "1/2")]
    [InlineData("4", "")]
    [InlineData("", "")]
    [InlineData("{1}{2}", "1}{2")]
    [InlineData(@"a\rightarrow b", @"aarrow b")]
    public void Anything_else_does(string gold, string answer) => Assert.False(new ExactGrader().AreEqual(gold, answer));

    [Fact]
    public void Grading_is_symmetric_and_survives_any_text() =>
        Gen.Select(Gen.String[Gen.Char["{}\\$. +-01left"], 0, 9], Gen.String[Gen.Char["{}\\$. +-01left"], 0, 9])
            .Sample((a, b) => new ExactGrader().AreEqual(a, b) == new ExactGrader().AreEqual(b, a));
}
