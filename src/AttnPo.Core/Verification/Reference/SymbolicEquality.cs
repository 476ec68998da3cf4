using System.Text;
using System.Text.RegularExpressions;
using AttnPo.Core.Verification.Expressions;

namespace AttnPo.Core.Verification.Reference;

/// <summary>
/// Whether the difference of two plain forms is 0. Only what holds two letters at most and no tower of powers is tried at all. Letters stand
/// for complex numbers: the root of x squared is not x.
/// </summary>
/// <param name="budget">Pays.</param>
internal sealed partial class SymbolicEquality(WorkBudget budget)
{
    private const int MostLetters = 2, Points = 4;

    // Agreement to this many bits, of the values or of the largest term, is equality.
    private const int Agreement = 100, NoiseBelowTerms = 150;

    /// <summary>Whether they are equal; what cannot be read is not.</summary>
    public bool Same(string gold, string answer)
    {
        if (!MayBeRead($"({gold})-({answer})")) return false;
        try
        {
            return Same(PlainExpression.Parse(gold, budget), PlainExpression.Parse(answer, budget));
        }
        catch (UnreadableException)
        {
            return false;
        }
    }

    private static bool MayBeRead(string difference)
    {
        var bare = difference.Replace("sqrt", "", StringComparison.Ordinal).Replace("frac", "", StringComparison.Ordinal);
        return bare.EnumerateRunes().Where(Rune.IsLetter).Distinct().Count() <= MostLetters && !Tower().IsMatch(difference);
    }

    private bool Same(Expression a, Expression b)
    {
        var forms = new NormalForm(budget, unitsAreOne: false);
        if (forms.Of(a) is { } left && forms.Of(b) is { } right)
        {
            if (forms.IsDecisive(left) && forms.IsDecisive(right)) return left.SameAs(right);
            // What has no value at any point, as the factorial of a letter.
            if (left.SameAs(right) && HasFactorial(a) && HasFactorial(b)) return true;
        }
        var points = ScalarComparison.IsClosed(a) && ScalarComparison.IsClosed(b) ? 1 : Points;
        for (var point = 0; point < points; point++)
            if (!AgreeAt(point, a, b)) return false;
        return true;
    }

    private static bool HasFactorial(Expression expression) => ExpressionTree.Any(expression, part => part is Apply { Function: Apply.Factorial });

    private bool AgreeAt(int point, Expression a, Expression b)
    {
        BigComplex At(string name) => new(Generic.Real(name, point), Generic.Real(name + "'", point + 1));
        Evaluator left = new(At, budget, unitsAreOne: false), right = new(At, budget, unitsAreOne: false);
        if (left.Value(a) is not { } x || right.Value(b) is not { } y) return false;
        var gap = x - y;
        return gap.IsZero || gap.Magnitude <= Math.Max(x.Magnitude, y.Magnitude) - Agreement
            || gap.Magnitude <= Math.Max(left.LargestTerm, right.LargestTerm) - NoiseBelowTerms;
    }

    // A power with brackets in it, one of two digits or more, one raised again.
    [GeneratedRegex(@"\^(?:[{(]|[0-9]{2}|[0-9]+\^)")]
    private static partial Regex Tower();
}
