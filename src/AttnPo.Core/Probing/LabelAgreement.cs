using AttnPo.Core.Data;

namespace AttnPo.Core.Probing;

/// <summary>How far two labellings of the same steps agree, over the steps that both of them label.</summary>
/// <param name="BothEssential">Steps that both call essential.</param>
/// <param name="OnlyFirst">Steps that only the first calls essential.</param>
/// <param name="OnlySecond">Steps that only the second calls essential.</param>
/// <param name="BothRedundant">Steps that both call redundant.</param>
public sealed record LabelAgreement(long BothEssential, long OnlyFirst, long OnlySecond, long BothRedundant)
{
    /// <summary>Steps that both label.</summary>
    public long Steps => BothEssential + OnlyFirst + OnlySecond + BothRedundant;

    /// <summary>Share of the steps on which they agree; NaN without a step.</summary>
    public double Agreement => (double)(BothEssential + BothRedundant) / Steps;

    /// <summary>
    /// Cohen's kappa: the agreement beyond what two labellings of these shares have by chance, as a share of what is possible. 1 is
    /// full agreement, 0 chance. NaN without a step, or where both labellings use the same single label: chance alone agrees fully then.
    /// </summary>
    public double Kappa
    {
        get
        {
            var (first, second) = (Share(BothEssential + OnlyFirst), Share(BothEssential + OnlySecond));
            var chance = (first * second) + ((1 - first) * (1 - second));
            return chance < 1 ? (Agreement - chance) / (1 - chance) : double.NaN;
        }
    }

    /// <summary>Counts two lists, step by step; a step without a label (null) in either is left out.</summary>
    /// <exception cref="ArgumentException">The lists differ in length.</exception>
    public static LabelAgreement Of(IReadOnlyList<StepLabel?> first, IReadOnlyList<StepLabel?> second)
    {
        if (first.Count != second.Count) throw new ArgumentException($"{first.Count} labels against {second.Count}.", nameof(second));
        return new LabelAgreement(
            Count(StepLabel.Essential, StepLabel.Essential), Count(StepLabel.Essential, StepLabel.Redundant),
            Count(StepLabel.Redundant, StepLabel.Essential), Count(StepLabel.Redundant, StepLabel.Redundant));

        long Count(StepLabel mine, StepLabel theirs) => first.Zip(second).LongCount(pair => pair.First == mine && pair.Second == theirs);
    }

    private double Share(long steps) => (double)steps / Steps;
}
