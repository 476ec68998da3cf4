using AttnPo.Core.Verification.Expressions;
using AttnPo.Core.Verification.Reference;

namespace AttnPo.Core.Verification;

/// <summary>
/// Equal means what the reward of the published runs calls equal: the same text in one of two normal forms of it, or, element by element, a
/// difference that simplifies to 0. It is stricter than mathematics in places (an integer must be written as one, a fraction reduced, and
/// nothing of more than two letters is calculated with) and laxer in others (units, percent and degree signs count for nothing, nor the
/// degree of a root). For runs that are compared with the published figures; <see cref="EqualityGrader"/> judges better.
/// </summary>
/// <remarks>Pure, and always answers, within the same budget and the same 4,096 characters as <see cref="EqualityGrader"/>.</remarks>
public sealed class ReferenceGrader : IAnswerGrader
{
    private readonly long _units;

    /// <param name="budget">Of one comparison; null: <see cref="EqualityGrader.DefaultBudget"/>.</param>
    public ReferenceGrader(TimeSpan? budget = null) => 
        _units = (long)((budget ?? EqualityGrader.DefaultBudget).TotalMilliseconds * EqualityGrader.UnitsPerMillisecond);

    /// <inheritdoc/>
    public Grade Compare(string gold, string answer)
    {
        if (gold.Length > MathText.Longest || answer.Length > MathText.Longest)
            return Grade.Of(gold == answer, "too long to be read: character by character");
        if (PublishedBox.IsIn(gold))
        {
            if (PublishedBox.Last(gold) is not { } boxed) return Grade.Different("the gold answer has no whole box");
            gold = boxed;
        }
        else if (gold.Length == 0)
        {
            return Grade.Different("there is no gold answer");
        }
        if (MathForm.Of(gold) == MathForm.Of(answer)) return Grade.Equal("the same in LaTeX");
        try
        {
            return ComparePlain(PlainForm.Of(gold), PlainForm.Of(answer), new WorkBudget(_units));
        }
        catch (OverBudgetException)
        {
            return Grade.OverBudget("takes more work than its budget");
        }
    }

    private static Grade ComparePlain(string gold, string answer, WorkBudget budget)
    {
        if (gold == answer) return Grade.Equal("the same in plain text");
        if (answer.Length == 0) return Grade.Different("nothing is there");
        var (expected, given) = (PlainForm.Elements(gold), PlainForm.Elements(answer));
        if (expected.Length != given.Length || (expected.Length > 1 && (gold[0] != answer[0] || gold[^1] != answer[^1])))
            return Grade.Different("another number of elements, or other brackets");
        for (var i = 0; i < expected.Length; i++)
            if (!Same(expected[i], given[i], budget)) return Grade.Different("an element is not equal");
        return Grade.Equal("equal by simplification");
    }

    private static bool Same(string gold, string answer, WorkBudget budget)
    {
        if (PlainForm.IsFraction(gold) && PlainForm.IsFraction(answer)) return gold == answer;
        return FloatText.IsWhole(gold) == FloatText.IsWhole(answer) && new SymbolicEquality(budget).Same(gold, answer);
    }
}
