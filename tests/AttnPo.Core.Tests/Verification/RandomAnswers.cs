using System.Text;
using CsCheck;

namespace AttnPo.Core.Tests.Verification;

/// <summary>Answers made at random: well-formed ones, and texts that are put together from the parts of such.</summary>
internal static class RandomAnswers
{
    private static readonly string[] Pieces =
    [
        "\\frac", "\\sqrt", "{", "}", "(", ")", "[", "]", "^", "_", "\\boxed{", "1", "2", "99", "1000", "x", "y", "e", "i", "\\pi",
        "+", "-", "*", "/", ",", "\\cdot", "!", "\\binom", "\\sum_{k=1}^{n}", "\\int", "|", "\\left", "\\right", "\\begin{pmatrix}",
        "\\end{pmatrix}", "&", "\\\\", "\\text{", "and", "\\le", "=", "<", "\\infty", "\\cup", "\\pm", "\\sin", "\\log_", "%",
        "^\\circ", ".", "0", "9", " ", "^{", "10^{10^{10}}", "\\sqrt[3]", "\\{", "\\}", "\\lfloor", "\\rfloor", ":", "$", "π", "²",
        "\\prod_{i=1}^{50}", "(x+1)^{50}", "\\tan", "\\exp", "x^{y^z}", "\ud800", "\0",
    ];

    private static readonly string[] Names = ["x", "y", "a", @"\pi"];

    private static readonly Gen<string> Leaf = Gen.OneOf(
        Gen.Int[0, 99].Select(n => $"{n}"), Gen.Int[0, 3].Select(n => Names[n]), Gen.Int[1, 999].Select(n => $"0.{n:000}"));

    /// <summary>Formulas of numbers, variables, sums, products, quotients, powers, roots and functions.</summary>
    public static readonly Gen<string> Formula = Gen.Recursive<string>((depth, inner) => depth >= 3 ? Leaf : Gen.Frequency(
        (2, Leaf),
        (1, Gen.Select(inner, inner, (a, b) => $"{a}+{b}")),
        (1, Gen.Select(inner, inner, (a, b) => $"\\left({a}\\right)\\left({b}\\right)")),
        (1, Gen.Select(inner, inner, (a, b) => $"\\frac{{{a}}}{{{b}}}")),
        (1, Gen.Select(inner, Gen.Int[0, 4], (a, n) => $"({a})^{{{n}}}")),
        (1, inner.Select(a => $"\\sqrt{{{a}}}")),
        (1, inner.Select(a => $"\\sin({a})"))));

    /// <summary>Anything, from the pieces of answers.</summary>
    public static string Text(Random random)
    {
        var text = new StringBuilder();
        for (var n = random.Next(1, random.Next(4) == 0 ? 200 : 25); n > 0; n--)
            text.Append(random.Next(20) == 0 ? ((char)random.Next(1, 0xFFFF)).ToString() : Pieces[random.Next(Pieces.Length)]);
        return text.ToString();
    }

    /// <summary>A text with parts taken out, put in and repeated.</summary>
    public static string Mutated(string text, Random random)
    {
        var mutated = new StringBuilder(text);
        for (var n = random.Next(1, 5); n > 0; n--)
        {
            var at = random.Next(mutated.Length + 1);
            var length = Math.Min(random.Next(1, 12), mutated.Length - at);
            if (random.Next(3) == 0) mutated.Remove(at, length);
            else if (random.Next(2) == 0) mutated.Insert(at, Pieces[random.Next(Pieces.Length)]);
            else if (length > 0) mutated.Insert(at, mutated.ToString(at, length), random.Next(1, 4));
        }
        return mutated.ToString();
    }
}
