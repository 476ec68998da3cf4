using AttnPo.Core.Verification;
using Xunit;

namespace AttnPo.Core.Tests.Verification;

public class BoxedAnswerTests
{
    [Theory]
    [InlineData(@"\boxed{\frac{1}{2}}", @"\frac{1}{2}")]
    [InlineData(@"\boxed{1} and \boxed{2}", "2")]
    [InlineData(@"\boxed{1} and \boxed{2", "1")]
    [InlineData(@"\boxed{\boxed{3}}", "3")]
    [InlineData(@"} \boxed{4} {", "4")]
    [InlineData(@"{ \boxed{4", null)]
    [InlineData(@"\boxed{\left\{1,2\right.}", @"\left\{1,2\right.")]
    [InlineData(@"\\boxed{5}", "5")]
    [InlineData(@"\fbox{5}", "5")]
    [InlineData(@"\boxed 6", null)]
    [InlineData(@"boxed{6}", null)]
    [InlineData(@"\", null)]
    public void The_last_box_whose_braces_balance_holds_the_answer(string text, string? expected) =>
        Assert.Equal(expected, BoxedAnswer.Last(text));
}
