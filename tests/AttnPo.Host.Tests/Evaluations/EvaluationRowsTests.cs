using AttnPo.Core.Data;
using AttnPo.Core.Verification;
using AttnPo.Host.Evaluations;
using AttnPo.Host.Rows;
using Xunit;

namespace AttnPo.Host.Tests.Evaluations;

public sealed class EvaluationRowsTests
{
    [Fact]
    public void A_baseline_reads_back_what_was_written_without_failures()
    {
        using var folder = new TemporaryFolder();
        using (var writer = new RowWriter(folder.File("rows.jsonl")))
        {
            writer.Write(json => EvaluationRows.Write(json, new Prompt(0, "a", "1"),
                [
                    new(0, 0, Verdict.Correct, 10, "1"), new(0, 1, Verdict.Wrong, 20, "2"), new(0, 2, Verdict.Failed, 900),
                    new(0, 3, Verdict.OverBudget, 900),
                ]));
            writer.Write(json => EvaluationRows.Write(json, new Prompt(1, "b", "1"), [new(1, 0, Verdict.Correct, 60, "1"), new(1, 1, Verdict.NoAnswer, 30)]));
            writer.Write(json => EvaluationRows.Write(json, new Prompt(2, "c", "1"), [new(2, 0, Verdict.Failed, 900)]));
            writer.Commit();
        }

        Assert.Equal((0.5, 30), EvaluationRows.Read(folder.File("rows.jsonl")));
    }

    [Fact]
    public void A_baseline_without_a_correct_response_is_refused()
    {
        using var folder = new TemporaryFolder();
        File.WriteAllText(folder.File("rows.jsonl"), "{\"verdicts\":[\"wrong\"],\"tokens\":[3]}\n");
        Assert.Contains("no correct response", Assert.Throws<WorkFailedException>(() => EvaluationRows.Read(folder.File("rows.jsonl"))).Message, StringComparison.Ordinal);
    }
}
