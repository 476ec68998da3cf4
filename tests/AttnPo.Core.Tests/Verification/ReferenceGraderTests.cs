using AttnPo.Core.Verification;
using CsCheck;
using Xunit;
using Xunit.Abstractions;

namespace AttnPo.Core.Tests.Verification;

public class ReferenceGraderTests(ITestOutputHelper output)
{
    private const double LeastShare = 0.99;

    private readonly ReferenceGrader _grader = new();

    [SkippableFact]
    public void Verdicts_are_those_of_the_published_grader()
    {
        var (agreed, rows) = (0, 0);
        foreach (var row in SharedData.Rows("math-equivalence/official-grader-dev.jsonl"))
        {
            rows++;
            var (gold, given) = (row.GetProperty("gold").GetString()!, row.GetProperty("given").GetString()!);
            var grade = _grader.Compare(gold, given);
            if (grade.Outcome == GradeOutcome.Equal == (row.GetProperty("verdict").GetInt32() == 1)) agreed++;
            else output.WriteLine($"{row.GetProperty("id")} {row.GetProperty("origin")}: {row.GetProperty("verdict")} of {gold} ||| {given}, not {grade}");
        }
        output.WriteLine($"{agreed} of {rows}");
        Assert.InRange(agreed, (int)Math.Ceiling(LeastShare * rows), rows);
    }

    [Theory]
    // The form of LaTeX.
    [InlineData(@"\frac{7}{2}", @"\dfrac72")]
    [InlineData(@"\frac{7}{2}", "7/2")]
    [InlineData(@"\frac{1}{2}", "0.5")]
    [InlineData(@"\sqrt{7}", @"\sqrt7")]
    [InlineData("(2,9)", @"\left( 2,9 \right)")]
    [InlineData("9", "k = 9")]
    [InlineData("0.75", ".75")]
    [InlineData("41", @"41\text{ square feet}")]
    [InlineData(@"\text{north}", @"north")]
    [InlineData(@"\begin{pmatrix} 1 \\ 2 \end{pmatrix}", @"\begin{pmatrix}1\\2\end{pmatrix}")]
    // Plain text.
    [InlineData("12", @"12 \text{ mm}^2")]
    [InlineData("45", @"45^\circ")]
    [InlineData("80", @"80\%")]
    [InlineData("5 and 6", "5,6")]
    [InlineData("4000", "4,000")]
    [InlineData("3000000x", "3 million x")]
    [InlineData("30", "30 meters")]
    [InlineData("9", "9.00000000001")]
    [InlineData("718", "71_8")]
    [InlineData("East", "east")]
    [InlineData(@"\sqrt{6}", @"\sqrt[5]{6}")]
    [InlineData("13", @"\cfrac{1}{3}")]
    [InlineData("x", @"\unknown x")]
    [InlineData(@"\hat{i}+x", @"x+\hat{i}")]
    [InlineData(@"x\neq 1", @"x\not= 1")]
    // By simplification.
    [InlineData("1.75", @"1 \frac{3}{4}")]
    [InlineData(@"\frac{x}{2}", "0.5x")]
    [InlineData("(a+3)(a-3)", "a^2-9")]
    [InlineData("(4, 0.25)", @"(4,\frac14)")]
    [InlineData(@"\sqrt{18}", @"3\sqrt{2}")]
    [InlineData(@"\frac{2}{\sqrt{3}}", @"\frac{2\sqrt{3}}{3}")]
    [InlineData(@"\ln 4", @"2\ln 2")]
    [InlineData("2^n2", "2*2^n")]
    [InlineData("1/2y", @"\frac{y}{2}")]
    [InlineData("3j+x", "x+3j")]
    [InlineData(@"\boxed{6}", "6")]
    public void Equal_by_the_published_rules(string gold, string given) => Assert.Equal(GradeOutcome.Equal, _grader.Compare(gold, given).Outcome);

    [Theory]
    // An integer must be one, a fraction reduced, elements as many and in brackets that are the same.
    [InlineData("8", "2^3x/x")]
    [InlineData("8", "16/2")]
    [InlineData("16/2", "8")]
    [InlineData("3/4", "6/8")]
    [InlineData("(1,2)", "[1,2]")]
    [InlineData("(1,2)", "(1,2,3)")]
    [InlineData("(1,2)", "(2,1)")]
    // Three letters, an exponent of two digits, a tower.
    [InlineData("a+b+c", "c+b+a")]
    [InlineData("2+x^10", "x^10+2")]
    [InlineData("2+x^2^3", "x^2^3+2")]
    [InlineData("sin(x)+1", "1+sin(x)")]
    // e and i are letters, and letters are complex.
    [InlineData("i^2+x", "x-1")]
    [InlineData(@"\sqrt{x^2}", "x")]
    [InlineData(@"\sqrt{x}\sqrt{y}", @"\sqrt{xy}")]
    // A name in front of a root is a name.
    [InlineData(@"\sqrt{3}x", @"x\sqrt{3}")]
    // Double precision.
    [InlineData("0.3x/x", "(0.1+0.2)x/x")]
    [InlineData("3/5", "3/5.0")]
    [InlineData("x^2", "x^2.0")]
    [InlineData("1/3", "0.333333")]
    // No numbers at all.
    [InlineData("x<5", "5>x")]
    [InlineData("|x|", "x")]
    [InlineData(@"\infty+x", @"x+\infty")]
    [InlineData("x=5", "5=x")]
    [InlineData("5", "")]
    [InlineData("", "")]
    [InlineData(@"\boxed{6", "6")]
    [InlineData(@"\boxed 6", "6")]
    [InlineData("1/0+x", "x+1/0")]
    public void Different_by_the_published_rules(string gold, string given) => Assert.Equal(GradeOutcome.Different, _grader.Compare(gold, given).Outcome);

    [Fact]
    public void Of_more_than_4096_characters_only_the_same_are_equal()
    {
        var digits = new string('7', 4097);
        Assert.Equal(GradeOutcome.Equal, _grader.Compare(digits, digits).Outcome);
        Assert.Equal(GradeOutcome.Different, _grader.Compare(digits, $" {digits}").Outcome);
    }

    [Fact]
    public void Whatever_is_compared_it_ends_and_the_same_way_each_time()
    {
        string[] parts =
        [
            "{", "}", "(", ")", "[", "]", @"\frac", @"\sqrt", @"\sqrt{", @"\begin{pmatrix}", @"\end{pmatrix}", "&", @"\\", @"\(", @"\)", @"\[",
            @"\text{", "^", "**", "-", "+", "/", "//", "!", ",", ".", "9", "99", "1e300", "1.1", "x", "y", "pi", "ln(", "j", " ", "\n", "$", "%", "=", "\\", @"\vec", "\uD835", "\uDC00", "½",
        ];
        Gen.Int[0, parts.Length - 1].Select(i => parts[i]).Array[0, 60].Select(string.Concat).Array[2].Sample(pair =>
            Assert.Equal(_grader.Compare(pair[0], pair[1]), new ReferenceGrader().Compare(pair[0], pair[1])), iter: 4000);
    }

    public static TheoryData<string> Hostile => new(
        Repeated("("), Repeated("{"), Repeated(@"\("), Repeated(@"\frac"), Repeated(@"\frac{1}{", "}"), Repeated(@"\sqrt{", "}"),
        Repeated("-"), Repeated("x!"), Repeated("9**"), Repeated("1.1**"), Repeated("1e300*"), Repeated("7"), Repeated("1,111"),
        Repeated("1 "), Repeated("- "), Repeated("x_"), Repeated("1/x+"), Repeated("(1+x)"), Repeated("(", "+x)^9"), Repeated("(", "^9)"),
        Repeated("(1.1", ")^9"), Repeated("(", "!)"), Repeated("ln(", ")"), Repeated(@"\[", @"\]"),
        Repeated(@"\begin{pmatrix}" + new string('&', 9), @"\end{pmatrix}"));

    [Theory, MemberData(nameof(Hostile))]
    public void What_is_made_to_take_long_ends_within_its_budget(string hostile)
    {
        foreach (var (gold, given) in new[] { (hostile, "7.5"), ("x", hostile), (hostile, $"{hostile}+0"), ("0+" + hostile, hostile) })
            Assert.NotEmpty(_grader.Compare(gold, given).Reason);
    }

    private static string Repeated(string before, string after = "")
    {
        var times = 4000 / (before.Length + after.Length);
        return string.Concat(Enumerable.Repeat(before, times)) + "9x" + string.Concat(Enumerable.Repeat(after, times));
    }
}
