using System.Diagnostics;
using System.Globalization;
using AttnPo.Core.Verification;
using CsCheck;
using Xunit;
using Xunit.Abstractions;

namespace AttnPo.Core.Tests.Verification;

public class EqualityPropertyTests(ITestOutputHelper output)
{
    private static readonly EqualityGrader Grader = new();

    private static readonly string[] Seeds =
    [
        @"\frac{63}{400}", @"3 \pm 2 \sqrt{2}", @"[-1, -\frac{1}{2}) \cup (0, \infty)", @"\begin{pmatrix}1 & 2 \\ 3 & 4\end{pmatrix}",
        "x^2+2x+1", @"50,\!625", @"\text{Evelyn}", @"120^\circ", @"10\text{ cm}^2", @"F_n = \sum_{k=0}^{n-1} F_k F_{n-k-1}",
        @"1\leq|z|\leq \frac{3}{2}", @"x = 2 \text{ or } x = 3", @"\cos(x)", "12:00",
    ];

    [Fact]
    public void Every_formula_equals_itself_however_it_is_spaced_and_decorated() => RandomAnswers.Formula.Sample(
        formula =>
        {
            Assert.True(Same(formula, formula));
            foreach (var rewritten in (string[])
                [
                    $" ${formula}$ ", formula.Replace(@"\frac", @"\dfrac"), formula.Replace(@"\frac", @"\tfrac"),
                    formula.Replace(@"\left", "").Replace(@"\right", ""), formula.Replace("+", @"\, + ~"),
                    $"{{{formula}}}", $"({formula})", $"{formula}.",
                ])
                Assert.True(Same(formula, rewritten), $"{formula} against {rewritten}");
        },
        iter: 1000);

    [Fact]
    public void Comparison_is_symmetric() => Gen.Select(RandomAnswers.Formula, RandomAnswers.Formula).Sample(
        (a, b) => Grader.Compare(a, b).Outcome == Grader.Compare(b, a).Outcome, iter: 2000);

    [Fact]
    public void A_decimal_equals_its_fraction_and_no_other() => Gen.Select(Gen.Int[-99999, 99999], Gen.Int[1, 6]).Sample(
        (digits, decimals) =>
        {
            var scale = (long)Math.Pow(10, decimals);
            var written = (digits / (decimal)scale).ToString(CultureInfo.InvariantCulture);
            return Same(written, $@"\frac{{{digits}}}{{{scale}}}") && Same(written + (written.Contains('.') ? "00" : ".00"), written)
                && !Same(written, $@"\frac{{{digits + 1}}}{{{scale}}}");
        },
        iter: 1000);

    [Fact]
    public void Adding_something_to_a_formula_makes_another_of_it() => RandomAnswers.Formula.Sample(
        formula =>
        {
            // What has no value anywhere, as a quotient by zero, equals nothing but its own characters.
            var hasValue = Same($"{formula}+0", formula);
            Assert.False(hasValue && Same($"{formula}+\\frac{{1}}{{1000}}", formula), formula);
        },
        iter: 1000);

    /// <summary>Pairs are 30,000, or as many as the variable ATTNPO_FUZZ says.</summary>
    [Fact, Trait("Contract", "C9")]
    public void C9_Whatever_is_compared_there_is_a_grade_the_same_each_time_without_much_memory()
    {
        var isAsked = int.TryParse(Environment.GetEnvironmentVariable("ATTNPO_FUZZ"), CultureInfo.InvariantCulture, out var asked);
        var pairs = isAsked ? asked : 30_000;
        var random = new Random(1);
        var outcomes = new int[Enum.GetValues<GradeOutcome>().Length];
        var (slowest, most, text) = (TimeSpan.Zero, 0L, "");
        for (var i = 0; i < pairs; i++)
        {
            var gold = random.Next(3) == 0 ? RandomAnswers.Text(random) : Seeds[random.Next(Seeds.Length)];
            var answer = random.Next(2) == 0 ? RandomAnswers.Text(random)
                : RandomAnswers.Mutated(random.Next(2) == 0 ? gold : Seeds[random.Next(Seeds.Length)], random);
            var (before, clock) = (GC.GetAllocatedBytesForCurrentThread(), Stopwatch.GetTimestamp());
            var grade = Grader.Compare(gold, answer);
            var (allocated, elapsed) = (GC.GetAllocatedBytesForCurrentThread() - before, Stopwatch.GetElapsedTime(clock));
            outcomes[(int)grade.Outcome]++;
            most = Math.Max(most, allocated);
            if (elapsed > slowest) (slowest, text) = (elapsed, $"{gold} against {answer}");
            if (i % 10 != 0) continue;
            Assert.Equal(grade, Grader.Compare(gold, answer));
            AnswerFinder.Find(answer, AnswerSource.Anywhere);
        }
        output.WriteLine($"{pairs} pairs: {string.Join(", ", outcomes)} equal, different, over budget");
        output.WriteLine($"at most {most / 1024} KiB allocated; slowest {slowest.TotalMilliseconds:0.0} ms ({text})");
        Assert.True(most < 64 << 20, $"{most} bytes allocated");
    }

    [Theory, Trait("Contract", "C9")]
    [InlineData("{", "}")]
    [InlineData(@"\sqrt{", "}")]
    [InlineData("(", ")")]
    [InlineData(@"\sin ", "")]
    [InlineData("2^", "")]
    [InlineData("-", "")]
    [InlineData("|", "|")]
    [InlineData(@"\frac{1}{", "}")]
    [InlineData(@"\text{", "}")]
    [InlineData(@"\left(\{[", "]\\}\\right)")]
    [InlineData("", "!")]
    [InlineData("x_", "")]
    public void C9_Nesting_of_any_depth_ends(string open, string close)
    {
        foreach (var depth in (int[])[10, 100, 1000, 50_000])
        {
            var nested = string.Concat(Enumerable.Repeat(open, depth)) + "1" + string.Concat(Enumerable.Repeat(close, depth));
            Assert.NotEqual(default, Grader.Compare("2", nested).Reason);
            Assert.Equal(GradeOutcome.Equal, Grader.Compare(nested, nested).Outcome);
            AnswerFinder.Find(nested, AnswerSource.Anywhere);
        }
    }

    [Theory, Trait("Contract", "C9")]
    [InlineData(@"\prod_{i=1}^{999}\prod_{j=1}^{999}\prod_{k=1}^{999} \sin(ijk)")]
    [InlineData(@"(a+b+c+d+e+f+g+h)^{64}(a+b+c+d+u+f+g+h)^{64}")]
    [InlineData("9^{9^{9^9}}+1")]
    [InlineData("2e\ua909")]
    [InlineData("0^{100}")]
    [InlineData(@"\begin{pmatrix}x&y\\z&w\end{pmatrix}^{64}")]
    public void C9_What_takes_too_much_work_is_given_up(string answer) =>
        Assert.NotEqual(GradeOutcome.Equal, Grader.Compare(@"\sin x + \cos y", answer).Outcome);

    [Fact]
    public void A_smaller_budget_gives_up_sooner() =>
        Assert.Equal(GradeOutcome.OverBudget, new EqualityGrader(TimeSpan.FromMilliseconds(0.01)).Compare(@"\sin 1", @"\cos 1").Outcome);

    private static bool Same(string a, string b) => Grader.Compare(a, b).Outcome == GradeOutcome.Equal;
}
