using AttnPo.Host.Comparison;
using Xunit;

namespace AttnPo.Host.Tests.Comparison;

public sealed class ComparisonReportTests
{
    private static readonly Variant[] Two = [.. Variant.Parse("attnpo,tlmre")];

    [Fact]
    public void Differences_are_paired_by_seed()
    {
        // The seeds are far apart, the pairs close: unpaired, the error would be tens of tokens.
        var table = ComparisonReport.Markdown(
            [Curve("attnpo", 1, 90), Curve("attnpo", 2, 150), Curve("tlmre", 1, 100), Curve("tlmre", 2, 162)], Two, "tlmre");

        Assert.Contains("| attnpo, end | 2 of 2 | +0.0 ± 0.0 | -11.0 ± 1.0 |", table, StringComparison.Ordinal);
    }

    [Fact]
    public void Middle_and_end_have_rows_of_their_own()
    {
        var table = ComparisonReport.Markdown([Curve("attnpo", 1, 90), Curve("tlmre", 1, 100)], Two, "tlmre");

        Assert.Contains("| start | 0 | 90.0 | 200.0 |", table, StringComparison.Ordinal);
        Assert.Contains("| attnpo, middle | 20 | 90.0 | 120.0 |", table, StringComparison.Ordinal);
        Assert.Contains("| tlmre, end | 40 | 90.0 | 100.0 |", table, StringComparison.Ordinal);
    }

    [Fact]
    public void A_run_without_two_evaluations_cannot_be_compared()
    {
        using var folder = new TemporaryFolder();
        var file = Path.Combine(folder.Path, "metrics.jsonl");
        File.WriteAllText(file, "{\"step\":1,\"train/loss\":0.5}\n");

        Assert.Throws<InvalidDataException>(() => RunCurve.Read("attnpo", 1, folder.Path));
    }

    [Fact]
    public void A_curve_is_read_from_the_lines_that_hold_an_evaluation()
    {
        using var folder = new TemporaryFolder();
        var file = Path.Combine(folder.Path, "metrics.jsonl");
        File.WriteAllLines(file,
        [
            """{"step":0,"eval/accuracy":0.9,"eval/tokens_mean":180,"eval/redundant_share":0.8,"eval/essential_missing":0.02}""",
            """{"step":1,"train/loss":0.5}""",
            """{"step":2,"train/loss":0.4,"eval/accuracy":0.95,"eval/tokens_mean":90.5,"eval/redundant_share":0.3,"eval/essential_missing":0.01}""",
        ]);

        var curve = RunCurve.Read("attnpo", 1, folder.Path);

        Assert.Equal([0, 2], curve.Points.Select(p => p.Step));
        Assert.Equal(new EvaluationPoint(2, 0.95, 90.5, 0.3, 0.01), curve.End);
    }

    [Fact]
    public void An_unknown_variant_is_refused_with_the_known_ones() =>
        Assert.Contains("true-labels", Assert.Throws<ArgumentException>(() => Variant.Parse("attnpo,gspo")).Message, StringComparison.Ordinal);

    private static RunCurve Curve(string variant, int seed, double tokens) => new(
        variant, seed, [new(0, 0.9, 200, 0.8, 0.02), new(20, 0.9, 120, 0.5, 0.02), new(40, 0.9, tokens, 0.3, 0.02)]);
}
