using AttnPo.Host.Evaluations;
using AttnPo.Host.Settings;
using Xunit;

namespace AttnPo.Host.Tests.Evaluations;

public sealed class EvaluationFileTests : IDisposable
{
    private static readonly (string Name, string Value)[] Identity = [("model", "abc"), ("seed", "1")];

    private readonly TemporaryFolder _folder = new();

    private string Output => _folder.File("rows.jsonl");

    private string Partial => Output + ".partial";

    public void Dispose() => _folder.Dispose();

    [Fact]
    [Trait("Contract", "C3")]
    public void C3_rows_that_were_written_are_there_again_and_the_file_ends_the_same()
    {
        var whole = _folder.File("whole.jsonl");
        using (var file = new EvaluationFile(whole, Identity, fresh: false))
        {
            Append(file, 0, 5);
            file.Commit();
        }

        using (var file = new EvaluationFile(Output, Identity, fresh: false)) Append(file, 0, 3);
        Assert.False(File.Exists(Output));
        // What a kill leaves of a row that was being written.
        File.AppendAllText(Partial, "{\"index\":3,\"set\":\"ti");
        using (var file = new EvaluationFile(Output, Identity, fresh: false))
        {
            Assert.Equal([0L, 1, 2], file.Read(Evaluated.One(2, 5)).Select(rows => rows[0].Index));
            file.Keep(2);
            Assert.Equal(2, file.Read(Evaluated.One(2, 5)).Count);
            Append(file, 2, 3);
            file.Commit();
        }

        Assert.Equal(File.ReadAllBytes(whole), File.ReadAllBytes(Output));
        Assert.Equal(5, File.ReadAllLines(Output).Length);
        Assert.False(File.Exists(Partial));
    }

    [Fact]
    public void Other_settings_are_refused_by_name_and_fresh_begins_anew()
    {
        using (var file = new EvaluationFile(Output, Identity, fresh: false)) Append(file, 0, 3);
        (string, string)[] other = [("model", "abc"), ("seed", "2"), ("rule", "exact")];
        var fault = Assert.Throws<SettingsException>(() => new EvaluationFile(Output, other, fresh: false)).Message;
        Assert.Contains("seed = 1 there, 2 asked for; rule = nothing there, exact asked for", fault, StringComparison.Ordinal);
        Assert.Contains("--fresh", fault, StringComparison.Ordinal);
        Assert.Equal(4, File.ReadAllLines(Partial).Length);
        using (var file = new EvaluationFile(Output, other, fresh: true)) Assert.Empty(file.Read(Evaluated.One(2, 5)));
    }

    [Fact]
    public void Two_evaluations_do_not_write_one_file()
    {
        using var one = new EvaluationFile(Output, Identity, fresh: false);
        Assert.Contains("two evaluations", Assert.Throws<WorkFailedException>(() => new EvaluationFile(Output, Identity, fresh: true)).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void An_evaluation_without_a_row_leaves_nothing()
    {
        new EvaluationFile(Output, Identity, fresh: false).Dispose();
        Assert.Empty(Directory.GetFiles(_folder.Path));
        // Killed before its first line was whole.
        File.WriteAllText(Partial, "{\"evalua");
        using var file = new EvaluationFile(Output, Identity, fresh: false);
        Assert.Empty(file.Read(Evaluated.One(2, 5)));
    }

    [Theory]
    [Trait("Contract", "C9")]
    [InlineData("nonsense", 1)]
    [InlineData("[]", 1)]
    [InlineData("{\"evaluation\":{\"model\":3}}", 1)]
    [InlineData("{\"index\":0,\"verdicts\":[\"correct\",\"wrong\"],\"tokens\":[1,2]}", 1)]
    [InlineData("{\"evaluation\":{\"model\":\"abc\",\"seed\":\"1\"}}\n{\"index\":0,\"verdicts\":[\"correct\"],\"tokens\":[1]}", 2)]
    [InlineData("{\"evaluation\":{\"model\":\"abc\",\"seed\":\"1\"}}\n{\"index\":1,\"verdicts\":[\"correct\",\"wrong\"],\"tokens\":[1,2]}", 2)]
    [InlineData("{\"evaluation\":{\"model\":\"abc\",\"seed\":\"1\"}}\n{\"index\":0,\"verdicts\":[\"right\",\"wrong\"],\"tokens\":[1,2]}", 2)]
    [InlineData("{\"evaluation\":{\"model\":\"abc\",\"seed\":\"1\"}}\n\0\0\0", 2)]
    public void C9_a_damaged_file_is_refused_with_its_line_and_left_as_it_is(string text, int line)
    {
        File.WriteAllText(Partial, text + "\n");
        var fault = Assert.Throws<WorkFailedException>(() =>
        {
            using var file = new EvaluationFile(Output, Identity, fresh: false);
            file.Read(Evaluated.One(2, 5));
        }).Message;
        Assert.StartsWith($"{Partial}:{line}: ", fault, StringComparison.Ordinal);
        Assert.Equal(text + "\n", File.ReadAllText(Partial));
    }

    private static void Append(EvaluationFile file, int first, int count) => file.Append(Evaluated.Questions(first, count), _ => ("tiny", null));
}
