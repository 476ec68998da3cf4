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
    private const int MostLetters = 2;

    // One in each quadrant: what holds for some arguments alone fails in one.
    private const int Points = 4;

    // What is so many bits below the largest term is 0.
    private const int Agreement = 100;

    /// <summary>Whether they are equal; what cannot be read is not.</summary>
    public bool Same(string gold, string answer)
    {
        var difference = $"({gold})-({answer})";
        if (!MayBeRead(difference)) return false;
        try
        {
            return IsZero(PlainExpression.Parse(difference, budget));
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

    private bool IsZero(Expression difference)
    {
        var forms = new NormalForm(budget, unitsAreOne: false);
        if (forms.Of(difference) is { } form && forms.IsDecisive(form)) return form.SameAs(Polynomial.Zero);
        var points = ScalarComparison.IsClosed(difference) ? 1 : Points;
        for (var point = 0; point < points; point++)
            if (!IsZeroAt(point, difference)) return false;
        return true;
    }

    private bool IsZeroAt(int point, Expression difference)
    {
        BigComplex At(string name)
        {
            var (real, imaginary) = (Generic.Value(name), Generic.Value(name + "'"));
            return new BigComplex(point is 1 or 2 ? -real : real, point >= 2 ? -imaginary : imaginary);
        }
        var evaluator = new Evaluator(At, budget, unitsAreOne: false);
        return evaluator.Value(difference) is { } value && (value.IsZero || value.Magnitude <= evaluator.LargestTerm - Agreement);
    }

    // A power with brackets in it, one of two digits or more, one raised again.
    [GeneratedRegex(@"\^(?:[{(]|[0-9]{2}|[0-9]+\^)")]
    private static partial Regex Tower();
}
