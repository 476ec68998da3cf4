using System.Text.Json;
using AttnPo.Core.Verification;
using Xunit;
using Xunit.Abstractions;

namespace AttnPo.Core.Tests.Verification;

public class ReferenceGraderTests(ITestOutputHelper output)
{
    private const double LeastShare = 0.99;

    private readonly ReferenceGrader _grader = new();

    [SkippableFact]
    public void Verdicts_are_those_of_the_published_grader() =>
        CheckVerdicts(SharedData.Rows("math-equivalence/official-grader-dev.jsonl"));

    private void CheckVerdicts(IEnumerable<JsonElement> cases)
    {
        var (agreed, rows) = (0, 0);
        foreach (var row in cases)
        {
            rows++;
            var (gold, given) = (row.GetProperty("gold").GetString()!, row.GetProperty("given").GetString()!);
            var grade = _grader.Compare(gold, given);
            if (grade.Outcome == GradeOutcome.Equal == (row.GetProperty("verdict").GetInt32() == 1)) agreed++;
            else output.WriteLine($"{row.GetProperty("id")} {row.GetProperty("origin")} {row.GetProperty("verdict")}: {gold} ||| {given} -> {grade}");
        }
        output.WriteLine($"{agreed} of {rows}");
        Assert.InRange(agreed, (int)Math.Ceiling(LeastShare * rows), rows);
    }

    [Fact]
    public void Gen()
    {
        foreach (var f in Directory.GetFiles("/tmp/ref", "gen*.jsonl"))
            CheckVerdicts(File.ReadLines(f).Where(l => l.EndsWith('}')).Select(line => JsonSerializer.Deserialize<JsonElement>(line)));
    }
}
