using System.Text.Json;
using Xunit;

namespace AttnPo.Host.Tests;

public sealed class GradeCommandTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    [Fact]
    public async Task Pairs_become_grades_with_what_was_found_and_why()
    {
        var (code, rows, _) = await Grade(
            """{"id":1,"gold":"\\frac{1}{2}","pred":"<think>\\boxed{3}</think>so it is \\boxed{0.5}."}""",
            """{"id":"b","gold":"2","pred":"no idea"}""",
            """{"id":3.50,"gold":"(1,2)","pred":"(2,1)"}""");
        Assert.Equal(ExitCode.Done, code);
        Assert.Equal(["1", "\"b\"", "3.50"], rows.Select(row => row.GetProperty("id").GetRawText()));
        Assert.Equal([true, false, false], rows.Select(row => row.GetProperty("equal").GetBoolean()));
        Assert.Equal(["0.5", null, "(2,1)"], rows.Select(row => row.GetProperty("extracted").GetString()));
        Assert.All(rows, row => Assert.NotEmpty(row.GetProperty("reason").GetString()!));
    }

    [Fact]
    public async Task By_the_strict_rule_an_unreduced_fraction_is_another()
    {
        const string Row = """{"id":1,"gold":"\\frac{1}{2}","pred":"\\frac{2}{4}"}""";
        Assert.True((await Grade([Row])).Rows.Single().GetProperty("equal").GetBoolean());
        Assert.False((await Grade([Row], "--strict")).Rows.Single().GetProperty("equal").GetBoolean());
    }

    [Fact]
    public async Task A_row_that_cannot_be_read_stops_with_its_line_and_leaves_nothing()
    {
        var (code, rows, error) = await Grade("""{"id":1,"gold":"1","pred":"1"}""", """{"id":2,"gold":"1"}""");
        Assert.Equal((ExitCode.Failed, 0), (code, rows.Length));
        Assert.Contains("pairs.jsonl:2: \"pred\" is missing", error);
        Assert.False(File.Exists(Out));
    }

    public void Dispose() => _folder.Dispose();

    private string Out => Path.Combine(_folder.Path, "grades.jsonl");

    private Task<(int Code, JsonElement[] Rows, string Error)> Grade(params string[] pairs) => Grade(pairs, []);

    private async Task<(int Code, JsonElement[] Rows, string Error)> Grade(string[] pairs, params string[] options)
    {
        var path = Path.Combine(_folder.Path, "pairs.jsonl");
        await File.WriteAllLinesAsync(path, pairs);
        using StringWriter output = new(), error = new();
        var code = await CommandLine.RunAsync(["grade", "--in", path, "--out", Out, .. options], output, error);
        var rows = File.Exists(Out) ? File.ReadLines(Out).Select(line => JsonDocument.Parse(line).RootElement).ToArray() : [];
        return (code, rows, error.ToString());
    }
}
