using System.Diagnostics;
using AttnPo.Core.Verification;
using Xunit;
using Xunit.Abstractions;

namespace AttnPo.Core.Tests.Verification;

public class EquivalenceCasesTests(ITestOutputHelper output)
{
    [SkippableFact]
    public void Answers_that_others_call_the_same_are_the_same()
    {
        var grader = new EqualityGrader();
        var (passed, rows) = (0, 0);
        foreach (var row in SharedData.Rows("math-equivalence/dev.jsonl"))
        {
            rows++;
            var (gold, pred) = (row.GetProperty("gold").GetString()!, row.GetProperty("pred").GetString()!);
            var close = pred.LastIndexOf("</think>", StringComparison.Ordinal);
            var clock = Stopwatch.StartNew();
            var found = AnswerFinder.Whole(close < 0 ? pred : pred[(close + 8)..]);
            var golden = AnswerFinder.Whole(gold);
            var grade = grader.Compare(golden, found);
            if (grade.Outcome == GradeOutcome.Equal == row.GetProperty("expected").GetBoolean()) passed++;
            else output.WriteLine($"{row.GetProperty("id")} {row.GetProperty("group")} {row.GetProperty("expected")}: {golden.ReplaceLineEndings(" ")} ||| {found.ReplaceLineEndings(" ")} -> {grade.Outcome} {grade.Reason} {clock.ElapsedMilliseconds} ms");
        }
        output.WriteLine($"{passed} of {rows}");
        Assert.Equal(rows, passed);
    }
}
