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
    [InlineData("{1}{2}", "{{{1}{2}}}")]
    [InlineData("-7", "+-007.0")]
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
    [InlineData("4", "{4")]
    [InlineData("4", @"{4\}")]
    [InlineData("4", "4.01")]
    [InlineData("4", "+-4x")]
    [InlineData(@"a\rightarrow b", @"aarrow b")]
    public void Anything_else_does(string gold, string answer) => Assert.False(new ExactGrader().AreEqual(gold, answer));

    [Fact, Trait("Contract", "C9")]
    public void A_very_long_answer_equals_itself_alone_and_takes_no_long_look()
    {
        const int Length = 100_000;
        var grader = new ExactGrader();
        string[] answers =
        [
            new('0', Length), new('{', Length), new string('{', Length / 2) + new string('}', Length / 2), "4" + new string('.', Length),
            string.Concat(Enumerable.Repeat(@"\text{", Length / 6)), new(' ', Length), "4." + new string('0', Length),
        ];
        foreach (var answer in answers)
        {
            Assert.False(grader.AreEqual("4", answer));
            Assert.True(grader.AreEqual(answer, string.Concat(answer)));
        }
        // The longest that are normalised.
        Assert.True(grader.AreEqual("4", "4." + new string('0', 4094)));
        Assert.False(grader.AreEqual("4", "4." + new string('0', 4095)));
        Assert.True(grader.AreEqual("4", new string('{', 2047) + "4" + new string('}', 2047)));
        Assert.False(grader.AreEqual("4", new string('0', 4095) + "x"));
    }

    [Fact]
    public void Grading_is_symmetric_and_survives_any_text() =>
        Gen.Select(Gen.String[Gen.Char["{}\\$. +-01left"], 0, 9], Gen.String[Gen.Char["{}\\$. +-01left"], 0, 9])
            .Sample((a, b) => new ExactGrader().AreEqual(a, b) == new ExactGrader().AreEqual(b, a));
}
