using AttnPo.Core.Data;
using AttnPo.Core.Probing;
using Xunit;

namespace AttnPo.Core.Tests.Probing;

public class LabelAgreementTests
{
    private const StepLabel E = StepLabel.Essential, R = StepLabel.Redundant;

    [Fact]
    public void Kappa_is_the_agreement_beyond_chance()
    {
        // Cohen's own kind of table: 20, 5, 10, 15 of 50 agree in 35; by chance 0.5 * 0.6 + 0.5 * 0.4 = 0.5.
        var agreement = new LabelAgreement(20, 5, 10, 15);
        Assert.Equal((50, 0.7), (agreement.Steps, agreement.Agreement));
        Assert.Equal(0.4, agreement.Kappa, 1e-12);
    }

    [Fact]
    public void Only_steps_that_both_label_count()
    {
        var agreement = LabelAgreement.Of([E, E, R, R, null, E, null], [E, R, E, R, E, null, null]);
        Assert.Equal(new LabelAgreement(1, 1, 1, 1), agreement);
        Assert.Equal(0.0, agreement.Kappa);
    }

    [Fact]
    public void The_same_labels_agree_fully_and_opposite_ones_not_at_all()
    {
        Assert.Equal(1.0, LabelAgreement.Of([E, R, E], [E, R, E]).Kappa);
        Assert.Equal(-1.0, LabelAgreement.Of([E, R], [R, E]).Kappa);
    }

    [Fact]
    public void The_order_of_the_two_does_not_matter()
    {
        StepLabel?[] first = [E, E, R, R, E, R, E], second = [E, R, R, R, E, E, R];
        Assert.Equal(LabelAgreement.Of(first, second).Kappa, LabelAgreement.Of(second, first).Kappa);
    }

    [Fact]
    public void Kappa_is_not_defined_where_both_know_one_label_alone()
    {
        var same = LabelAgreement.Of([R, R, R], [R, R, R]);
        Assert.Equal(1.0, same.Agreement);
        Assert.True(double.IsNaN(same.Kappa));
        Assert.True(double.IsNaN(LabelAgreement.Of([null], [E]).Kappa));
        Assert.True(double.IsNaN(LabelAgreement.Of([], []).Agreement));
    }

    [Fact]
    public void Where_one_of_them_knows_one_label_alone_agreement_is_chance() => Assert.Equal(0.0, LabelAgreement.Of([E, E, E], [E, R, R]).Kappa, 1e-12);

    [Fact]
    public void Lists_of_different_lengths_are_refused() => Assert.Throws<ArgumentException>(() => LabelAgreement.Of([E], [E, R]));
}
