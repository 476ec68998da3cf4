using AttnPo.Core.Verification;
using Xunit;
using Xunit.Abstractions;

namespace AttnPo.Core.Tests.Verification;

public class EquivalenceCasesTests(ITestOutputHelper output)
{
    [SkippableFact]
    public void Answers_that_others_call_the_same_are_the_same()
    {
        var grader = new TextGrader(new EqualityGrader());
        var (passed, rows) = (0, 0);
        foreach (var row in SharedData.Rows("math-equivalence/dev.jsonl"))
        {
            rows++;
            var (grade, extracted) = grader.Compare(row.GetProperty("gold").GetString()!, row.GetProperty("pred").GetString()!);
            if (grade.Outcome == GradeOutcome.Equal == row.GetProperty("expected").GetBoolean()) passed++;
            else output.WriteLine($"{row.GetProperty("id")} {row.GetProperty("gold")} against {extracted}: {grade}");
        }
        output.WriteLine($"{passed} of {rows}");
        Assert.Equal(rows, passed);
    }
}
