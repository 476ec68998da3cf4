using AttnPo.Core.Verification;
using Xunit;

namespace AttnPo.Core.Tests.Verification;

public class EqualityGraderTests
{
    private static readonly EqualityGrader Grader = new();

    [Theory]
    [InlineData("1/2", "0.5")]
    [InlineData(@"\frac{1}{2}", @"\dfrac12")]
    [InlineData(@"0.\overline{3}", @"\frac13")]
    [InlineData(@"1\frac{1}{2}", "3/2")]
    [InlineData("1 1/2", "1.5")]
    [InlineData(@"-2\frac12", "-2.5")]
    [InlineData("1,234,567", "1234567")]
    [InlineData(@"1{,}000", "1 000")]
    [InlineData(@"50,\!625", "50625")]
    [InlineData("4210_7", "4210_{7}")]
    [InlineData("1101_2", "13")]
    [InlineData("10^{3}", @"1\times 10^3")]
    [InlineData("5!", "120")]
    [InlineData(@"\binom{5}{2}", "10")]
    [InlineData(@"17 \bmod 5", "2")]
    [InlineData(@"\lfloor 3.7 \rfloor", "3")]
    [InlineData(@"|{-3}|", "3")]
    [InlineData(@"|\lfloor |{-3.5}| \rfloor|", "3")]
    public void Numbers_are_the_same_by_their_value(string gold, string answer) => Same(gold, answer);

    [Theory]
    [InlineData(@"\sqrt{12}", @"2\sqrt3")]
    [InlineData(@"\frac{1}{\sqrt2}", @"\frac{\sqrt 2}{2}")]
    [InlineData(@"\frac{1}{1+\sqrt{2}}", @"\sqrt{2}-1")]
    [InlineData(@"\sqrt[3]{-8}", "-2")]
    [InlineData(@"\sqrt{-4}", "2i")]
    [InlineData(@"\sqrt{3+2\sqrt2}", @"1+\sqrt2")]
    [InlineData(@"\sin 30^\circ", @"\frac12")]
    [InlineData(@"\cos\frac{\pi}{5}", @"\frac{1+\sqrt5}{4}")]
    [InlineData(@"e^{i\pi}", "-1")]
    [InlineData(@"\ln e^2", "2")]
    [InlineData(@"\log_2 8", "3")]
    [InlineData(@"\log_{10} 1000", @"\lg 1000")]
    [InlineData(@"\arctan 1", @"\pi/4")]
    [InlineData(@"\sum_{k=1}^{10} k", "55")]
    [InlineData(@"\prod_{i=1}^{4} i", "4!")]
    [InlineData(@"\frac{\sqrt{3}}{2}", "0.8660254037844386")]
    public void Constants_are_the_same_by_their_value_to_many_digits(string gold, string answer) => Same(gold, answer);

    [Theory]
    [InlineData("(x+1)^2", "x^2+2x+1")]
    [InlineData(@"\frac{x^2-1}{x-1}", "x+1")]
    [InlineData(@"\sin^2 x", @"1-\cos^2 x")]
    [InlineData(@"\sin(90^{\circ}-x)", @"\cos x")]
    [InlineData(@"2^{n+1}", @"2\cdot 2^n")]
    [InlineData(@"\sqrt{x^2}", "|x|")]
    [InlineData(@"\sqrt[3]{x}^2", "x^{2/3}")]
    [InlineData("2*x**2", "2x^2")]
    [InlineData(@"\ln(xy)", @"\ln x+\ln y")]
    [InlineData(@"z\bar{z}", "|z|^2")]
    [InlineData(@"\binom{n}{2}", @"\frac{n(n-1)}{2}")]
    [InlineData(@"\sum_{k=0}^{n-1} F_k F_{n-k-1}", @"\sum_{j=0}^{n-1} F_{n-j-1} F_j")]
    [InlineData("f(2x)", "f(x+x)")]
    public void Formulas_are_the_same_where_their_values_are(string gold, string answer) => Same(gold, answer);

    [Theory]
    [InlineData("5", "5.001")]
    [InlineData(@"\frac{\sqrt{3}}{2}", "0.866")]
    [InlineData("2^{100}", "2^{100}+1")]
    [InlineData("0.1234567891", "0.1234567892")]
    [InlineData("10^{-60}", "0")]
    [InlineData("x", "y")]
    [InlineData(@"\sqrt{x^2}", "x")]
    [InlineData("x^3+2x+1", "x^2+2x+1")]
    [InlineData(@"z+\bar z", "2z")]
    [InlineData(@"\lfloor\sqrt{n-1}\rfloor", @"\lfloor\frac{2 n-1}{5}\rfloor")]
    [InlineData("f(2x)", "2f(x)")]
    [InlineData("1/0", "2/0")]
    [InlineData(@"\infty", @"-\infty")]
    [InlineData("a_{n}'", "b_{n}'")]
    [InlineData(@"0.\overline{3}_7", "0")]
    [InlineData("10^{10^{10^{10}}}", "10^{10^{10^{11}}}")]
    [InlineData("", "")]
    [InlineData("0", "")]
    public void What_differs_differs_however_little(string gold, string answer) => Different(gold, answer);

    [Theory]
    [InlineData("(1,2)", @"\left( 1,\, 2 \right)")]
    [InlineData("1, 2, 3", @"3, 1 \text{ and } 2")]
    [InlineData(@"\{1,2\}", @"\{2,1\}")]
    [InlineData("[1,2,3]", "(1,2,3)")]
    [InlineData(@"x=1 \text{ or } x=2", "2, 1")]
    [InlineData(@"3\pm\sqrt2", @"3-\sqrt2, 3+\sqrt2")]
    [InlineData("(p,q)=(3,2)", "p=3, q=2")]
    [InlineData("2:4", "1:2")]
    [InlineData(@"\begin{pmatrix}1\\2\end{pmatrix}", "(1,2)")]
    [InlineData(@"\begin{pmatrix}1&2\\3&4\end{pmatrix}^2", @"\begin{bmatrix}7&10\\15&22\end{bmatrix}")]
    [InlineData("0.1, 4", ".1, 4.0")]
    [InlineData("100,200,300", "300, 200, 100")]
    public void Several_answers_are_the_same_in_the_order_that_brackets_ask_for(string gold, string answer) => Same(gold, answer);

    [Theory]
    [InlineData("(1,2)", "(2,1)")]
    [InlineData("(1,3,2)", "[1,2,3]")]
    [InlineData("[0,1)", "[0,1]")]
    [InlineData("[0,1)", "0,1")]
    [InlineData(@"\{1,2\}", "(1,2)")]
    [InlineData(@"\pm 2", "2")]
    [InlineData("12:00", "1:00")]
    [InlineData("32349", "32, 349")]
    [InlineData("1,2", "1,2,3")]
    [InlineData(@"\begin{pmatrix}1&2\end{pmatrix}", @"\begin{pmatrix}2&1\end{pmatrix}")]
    [InlineData(
        @"\begin{pmatrix}5&6\end{pmatrix}",
        @"\begin{pmatrix}1\end{pmatrix}+\begin{pmatrix}1&2\end{pmatrix}+\begin{pmatrix}5&6\end{pmatrix}")]
    [InlineData(@"\begin{pmatrix}5&6\end{pmatrix}", @"\begin{pmatrix}5&6\end{pmatrix}^3")]
    public void Another_order_or_another_bracket_is_another_answer(string gold, string answer) => Different(gold, answer);

    [Theory]
    [InlineData("x > 5", @"(5,\infty)")]
    [InlineData(@"x \le 5", "5 >= x")]
    [InlineData(@"-1 < x \le 2", @"x \in (-1, 2]")]
    [InlineData(@"|x| \ge 1", @"(-\infty,-1]\cup[1,\infty)")]
    [InlineData(@"[1,2]\cup(2,3]", "[1,3]")]
    [InlineData(@"\mathbb{R}\setminus\{0\}", @"(-\infty,0)\cup(0,\infty)")]
    [InlineData(@"x \ne 0", @"(-\infty,0)\cup(0,\infty)")]
    [InlineData(@"\{x \mid x > 2\}", "x>2")]
    [InlineData("2x+1>y", "y-2x<1")]
    [InlineData("x+y=1", "2x+2y-2=0")]
    [InlineData("y=2x", "f(x)=2x")]
    [InlineData("x=3", "3")]
    [InlineData(@"v_\text{max}=3", "3")]
    [InlineData(@"\frac{AB}{CD}=2", "2")]
    [InlineData(@"x\approx 1.5", "1.5")]
    public void Relations_are_the_same_by_what_fulfils_them(string gold, string answer) => Same(gold, answer);

    [Theory]
    [InlineData("x > 5", "x >= 5")]
    [InlineData("x > 5", "x < 5")]
    [InlineData("x+y=1", "x+y=2")]
    [InlineData("a+3z=0", "0")]
    [InlineData("x=3", "y=3")]
    [InlineData(@"x \in [-2,7]", @"-x \in [-2,7]")]
    [InlineData(@"\cos x=\frac12", @"\sin x=\frac12")]
    public void Other_relations_are_not(string gold, string answer) => Different(gold, answer);

    [Theory]
    [InlineData("10", @"10\text{ cm}")]
    [InlineData("15\\mbox{ cm}^2", "15")]
    [InlineData("100 cm", "1 meter")]
    [InlineData(@"\frac{\sqrt{21}}{5} cm", @"\frac{\sqrt{21}}{5}")]
    [InlineData("2 hours", "120 minutes")]
    [InlineData("25%", "25")]
    [InlineData(@"25\%", "1/4")]
    [InlineData("28 percent", @"28\%")]
    [InlineData(@"120^\circ", "120")]
    [InlineData(@"180^\circ", @"\pi")]
    [InlineData(@"\$10", "10 dollars")]
    [InlineData("8:30 p.m.", "20:30")]
    [InlineData(@"\text{Evelyn}", "evelyn")]
    [InlineData(@"\text{(C)}", "C")]
    [InlineData("odd", "$odd$")]
    public void Units_and_words_are_read_as_people_write_them(string gold, string answer) => Same(gold, answer);

    [Theory]
    [InlineData("10 cm", "10 m")]
    [InlineData(@"\text{even}", "odd")]
    [InlineData("A", "B")]
    public void Other_units_and_words_are_not_the_same(string gold, string answer) => Different(gold, answer);

    private static void Same(string gold, string answer) => Both(GradeOutcome.Equal, gold, answer);

    private static void Different(string gold, string answer) => Both(GradeOutcome.Different, gold, answer);

    private static void Both(GradeOutcome outcome, string gold, string answer)
    {
        Assert.Equal(outcome, Grader.Compare(gold, answer).Outcome);
        Assert.Equal(outcome, Grader.Compare(answer, gold).Outcome);
    }
}
