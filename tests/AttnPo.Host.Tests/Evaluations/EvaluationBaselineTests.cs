using AttnPo.Core.Evaluation;
using AttnPo.Host.Evaluations;
using Xunit;

namespace AttnPo.Host.Tests.Evaluations;

public sealed class EvaluationBaselineTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void Each_data_set_is_compared_with_the_one_of_its_name_without_failures()
    {
        var baseline = Read(
            "{\"index\":0,\"set\":\"a\",\"verdicts\":[\"correct\",\"wrong\",\"failed\",\"over-budget\"],\"tokens\":[10,20,900,900]}",
            "{\"index\":1,\"set\":\"b\",\"verdicts\":[\"correct\"],\"tokens\":[60]}",
            "{\"index\":2,\"set\":\"a\",\"verdicts\":[\"correct\",\"no-answer\"],\"tokens\":[60,30]}",
            "{\"index\":3,\"set\":\"a\",\"verdicts\":[\"failed\"],\"tokens\":[900]}");
        Assert.Equal([new BaselineFigures(1, 60), new BaselineFigures(0.5, 30)], baseline.For(["b", "a"]));
        var fault = Assert.Throws<WorkFailedException>(() => baseline.For(["a", "c"])).Message;
        Assert.Contains("has no row of data set c, only of a, b", fault, StringComparison.Ordinal);
    }

    [Fact]
    public void Rows_that_name_no_data_set_are_compared_with_one_of_any_name() =>
        Assert.Equal([new BaselineFigures(0.5, 3)], Read("{\"verdicts\":[\"correct\"],\"tokens\":[2]}", "{\"verdicts\":[\"wrong\"],\"tokens\":[4]}").For(["tiny"]));

    [Theory]
    [InlineData("{\"verdicts\":[\"wrong\"],\"tokens\":[3]}", "no correct response")]
    [InlineData("{\"verdicts\":[\"failed\"],\"tokens\":[3]}", "no response to compare with")]
    [InlineData("{\"verdicts\":[\"correct\"],\"tokens\":[0]}", "no tokens")]
    [InlineData("{\"evaluation\":{\"model\":\"m\"}}", "rows.jsonl:1: \"verdicts\" is missing")]
    public void A_baseline_with_nothing_to_compare_is_refused(string row, string reason) =>
        Assert.Contains(reason, Assert.Throws<WorkFailedException>(() => Read(row)).Message, StringComparison.Ordinal);

    private EvaluationBaseline Read(params string[] rows)
    {
        File.WriteAllLines(_folder.File("rows.jsonl"), rows);
        return EvaluationBaseline.Read(_folder.File("rows.jsonl"));
    }
}
