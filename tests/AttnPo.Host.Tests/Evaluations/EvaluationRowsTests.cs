using System.Text.Json;
using AttnPo.Core.Data;
using AttnPo.Core.Data.Rows;
using AttnPo.Core.Evaluation;
using AttnPo.Core.Verification;
using AttnPo.Host.Evaluations;
using AttnPo.Host.Rows;
using Xunit;

namespace AttnPo.Host.Tests.Evaluations;

public sealed class EvaluationRowsTests
{
    private static readonly EvaluationRow[] Responses =
    [
        new(3, 0, Verdict.Correct, 10, "1", new LabelledSteps(3, 1, 0)), new(3, 1, Verdict.NoAnswer, 20, null, new LabelledSteps(2, 4, 1)),
        new(3, 2, Verdict.OverBudget, 900, null, new LabelledSteps(0, 0, 0)),
    ];

    [Fact]
    public void A_row_reads_back_what_figures_need()
    {
        using var document = JsonDocument.Parse(
            RowWriter.Line(json => EvaluationRows.Write(json, new(new Prompt(3, "a", "1"), Responses), "aime2024", "2024-I-1")));
        var row = new Row(document.RootElement);
        Assert.Equal(("aime2024", "2024-I-1"), (EvaluationRows.SetOf(row), row.Text("id")));
        Assert.Equal(Responses.Select(response => response with { Answer = null }), EvaluationRows.Read(row));
        Assert.Equal(EvaluationSummary.Of(Responses), EvaluationSummary.Of(EvaluationRows.Read(row)));
    }

    [Theory]
    [Trait("Contract", "C9")]
    [InlineData("{\"verdicts\":[\"correct\"],\"tokens\":[1,2]}", "differ in length")]
    [InlineData("{\"verdicts\":[\"right\"],\"tokens\":[1]}", "holds \"right\"; expected correct, wrong")]
    [InlineData("{\"verdicts\":[\"correct\"],\"tokens\":[-1]}", "below 0")]
    [InlineData("{\"verdicts\":[\"correct\"],\"tokens\":[1],\"essential_steps\":[1],\"redundant_steps\":[1,2],\"essential_missing\":[0]}", "counts of steps")]
    [InlineData("{\"verdicts\":[\"correct\"]}", "\"tokens\" is missing")]
    public void C9_a_row_that_is_none_is_refused_with_the_reason(string line, string reason)
    {
        using var document = JsonDocument.Parse(line);
        Assert.Contains(reason, Assert.Throws<RowException>(() => EvaluationRows.Read(new(document.RootElement))).Message, StringComparison.Ordinal);
    }
}
