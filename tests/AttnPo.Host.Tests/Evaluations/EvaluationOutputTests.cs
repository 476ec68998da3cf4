using System.Text.Json;
using AttnPo.Core.Evaluation;
using AttnPo.Core.Verification;
using AttnPo.Host.Evaluations;
using Xunit;

namespace AttnPo.Host.Tests.Evaluations;

public sealed class EvaluationOutputTests
{
    private static readonly EvaluationReport Report = EvaluationReport.Of(
        [
            ("gsm8k", [new(0, 0, Verdict.Correct, 10), new(0, 1, Verdict.Wrong, 30), new(1, 0, Verdict.Correct, 20), new(1, 1, Verdict.Correct, 20)]),
            ("aime2024", [new(2, 0, Verdict.Truncated, 100), new(2, 1, Verdict.Correct, 60)]),
        ],
        [50], [new(0.5, 40), new(0.5, 80)]);

    [Fact]
    public void The_table_has_a_column_for_each_data_set_and_the_total()
    {
        var lines = EvaluationOutput.Lines(Report).Select(line => line.Split(' ', StringSplitOptions.RemoveEmptyEntries)).DistinctBy(words => words[0]).ToDictionary(words => words[0]);
        Assert.Equal(["gsm8k", "aime2024", "total"], EvaluationOutput.Lines(Report).First().Split(' ', StringSplitOptions.RemoveEmptyEntries));
        Assert.Equal(["pass@2", "1.0000", "1.0000", "1.0000"], lines["pass@2"]);
        Assert.Equal(["standard", "error", "0.2500", "-", "-"], lines["standard"]);
        Assert.Equal(["truncated", "0.00%", "50.00%", "25.00%"], lines["truncated"]);
        Assert.Equal(["efficiency", "2.000", "0.000", "0.917"], lines["efficiency"]);
        Assert.Equal(4, EvaluationOutput.Table(Report).Columns.Count);
    }

    [Fact]
    public void The_object_keeps_the_members_that_scripts_rely_on_and_has_the_data_sets_beside()
    {
        using var document = JsonDocument.Parse(EvaluationOutput.Json(Report));
        var total = document.RootElement;
        Assert.Equal(
            "3 2 0.625 1 50 50 0.25",
            string.Join(' ', new[] { "n", "samples", "accuracy", "pass_at_k", "tokens_mean", "tokens_median", "truncated" }.Select(name => total.GetProperty(name).GetRawText())));
        Assert.Equal("0.75", total.GetProperty("sets").GetProperty("gsm8k").GetProperty("accuracy").GetRawText());
        Assert.Equal("0", total.GetProperty("sets").GetProperty("aime2024").GetProperty("accuracy_within").GetProperty("50").GetRawText());
        Assert.False(total.TryGetProperty("accuracy_se", out _));
    }
}
