using AttnPo.Core.Verification;
using Xunit;

namespace AttnPo.Core.Tests.Verification;

public class AnswerFinderTests
{
    [Theory]
    [InlineData(@"so \boxed{4}.", "4")]
    [InlineData(@"\fbox{4}", "4")]
    [InlineData(@"first \boxed{1}, then on the next line something else: \boxed{2}", "2")]
    [InlineData(@"$\boxed{1}$ and $\boxed{-2}$", "1, -2")]
    [InlineData(@"$\boxed{(3, 3)} \text{ for part (a) and } \boxed{(1, 1)}$", "(3, 3), (1, 1)")]
    [InlineData(@"\( y_1 = \boxed{2x} \) and \( y_2 = \boxed{3x} \)", "2x, 3x")]
    [InlineData(@"\boxed{9} no, \boxed{4}", "4")]
    [InlineData(@"\boxed{255} is not all. Final Answer: The final answer is $10,455$. I hope it is correct.", "$10,455$")]
    [InlineData("The answer is 0.5", "0.5")]
    [InlineData("The answer is $x+1$, since nothing else fits.", "x+1")]
    [InlineData(@"Therefore $x \geq 5$ is the solution.", @"x \geq 5")]
    [InlineData(@"Answer \[ 9 \]", "9")]
    [InlineData("which makes $3$ of 12", "12")]
    [InlineData("which makes 12 of $3$", "3")]
    [InlineData("it costs 2,74 euros", "2.74")]
    [InlineData("some 1,000.99 of them", "1,000.99")]
    [InlineData("it grows by 100%.", "100%")]
    [InlineData("I don't know.", null)]
    [InlineData("AZYUK2A", null)]
    [InlineData("", null)]
    public void The_answer_is_found_where_people_give_it(string text, string? expected) =>
        Assert.Equal(expected, AnswerFinder.Find(text, AnswerSource.Anywhere));

    [Theory]
    [InlineData(AnswerSource.Box, null)]
    [InlineData(AnswerSource.Number, "7")]
    [InlineData(AnswerSource.Formula, "x=3")]
    [InlineData(AnswerSource.Phrase, "5")]
    public void Only_the_places_asked_for_are_looked_at(AnswerSource source, string? expected) =>
        Assert.Equal(expected, AnswerFinder.Find("The answer is 5. From $x=3$ it follows in 7 steps.", source));

    [Fact]
    public void By_the_published_rule_the_last_box_alone_counts() => Assert.Equal(
        "-2", new MathVerifier(new ReferenceGrader(), publishedBox: true).Find(@"\boxed{1} and \boxed{-2}", "1, -2"));

    [Theory]
    [InlineData(@"\boxed{4}", "<think>\\boxed{5}</think>\\boxed{4}", true)]
    [InlineData("4", "4</think>5", false)]
    [InlineData("4", "</think>4</think>4", false)]
    [InlineData("D", "The answer is for sure D, it can't be A or B", true)]
    [InlineData("D", "The answer is for sure B, it can't be A or D", false)]
    [InlineData("Evelyn", @"so it was \text{Evelyn}", false)]
    [InlineData("Evelyn", "Evelyn", true)]
    [InlineData("4", "2 + 2 = 4", true)]
    public void Whole_texts_are_graded_by_the_answers_in_them(string gold, string text, bool equal) =>
        Assert.Equal(equal, new TextGrader(new EqualityGrader()).Compare(gold, text).Grade.Outcome == GradeOutcome.Equal);
}
