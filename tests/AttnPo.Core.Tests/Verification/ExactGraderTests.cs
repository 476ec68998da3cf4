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
    public void Habits_of_writing_make_no_difference(string gold, string answer) => Assert.Equal(GradeOutcome.Equal, new ExactGrader().Compare(gold, answer).Outcome);

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
    public void Anything_else_does(string gold, string answer) => Assert.Equal(GradeOutcome.Different, new ExactGrader().Compare(gold, answer).Outcome);

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
            Assert.Equal(GradeOutcome.Different, grader.Compare("4", answer).Outcome);
            Assert.Equal(GradeOutcome.Equal, grader.Compare(answer, string.Concat(answer)).Outcome);
        }
        // The longest that are normalised.
        Assert.Equal(GradeOutcome.Equal, grader.Compare("4", "4." + new string('0', 4094)).Outcome);
        Assert.Equal(GradeOutcome.Different, grader.Compare("4", "4." + new string('0', 4095)).Outcome);
        Assert.Equal(GradeOutcome.Equal, grader.Compare("4", new string('{', 2047) + "4" + new string('}', 2047)).Outcome);
        Assert.Equal(GradeOutcome.Different, grader.Compare("4", new string('0', 4095) + "x").Outcome);
    }

    [Fact]
    public void Grading_is_symmetric_and_survives_any_text() =>
        Gen.Select(Gen.String[Gen.Char["{}\\$. +-01left"], 0, 9], Gen.String[Gen.Char["{}\\$. +-01left"], 0, 9])
            .Sample((a, b) => new ExactGrader().Compare(a, b) == new ExactGrader().Compare(b, a));
}
