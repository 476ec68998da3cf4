using AttnPo.Host.Rows;
using Xunit;

namespace AttnPo.Host.Tests.Rows;

public sealed class RowTests
{
    [Fact]
    public void Rows_appear_under_their_name_only_when_committed()
    {
        using var folder = new TemporaryFolder();
        var path = folder.File("out.jsonl");
        using (var writer = new RowWriter(path))
        {
            writer.Write(json => json.WriteNumber("n", 1));
            Assert.False(File.Exists(path));
            writer.Commit();
        }

        Assert.Equal("{\"n\":1}\n", File.ReadAllText(path));
        Assert.Single(Directory.GetFiles(folder.Path));
    }

    [Fact]
    public void Rows_that_were_not_committed_leave_nothing_and_keep_the_older_file()
    {
        using var folder = new TemporaryFolder();
        var path = folder.File("out.jsonl");
        File.WriteAllText(path, "older\n");
        using (var writer = new RowWriter(path))
            writer.Write(json => json.WriteNumber("n", 1));

        Assert.Equal("older\n", File.ReadAllText(path));
        Assert.Single(Directory.GetFiles(folder.Path));
    }

    [Theory]
    [InlineData("{\"id\":\"a\",\"text\":\"x\"}\n{\"id\":\"b\"\n", "in.jsonl:2: not JSON")]
    [InlineData("{\"id\":\"a\",\"text\":\"x\"}\n\n{\"id\":\"b\"}", "in.jsonl:3: \"text\" is missing")]
    [InlineData("[1]", "in.jsonl:1: expected a JSON object")]
    [InlineData("{\"text\":3}", "in.jsonl:1: \"text\" is not a text")]
    [InlineData("{\"text\":\"\\ud800\"}", "in.jsonl:1: \"text\" is not valid Unicode")]
    public void A_bad_row_stops_with_file_and_line(string content, string message)
    {
        using var folder = new TemporaryFolder();
        File.WriteAllText(folder.File("in.jsonl"), content);
        var reader = new RowReader(folder.File("in.jsonl"), skipBad: false);
        var error = Assert.Throws<WorkFailedException>(() => reader.Read(row => row.Text("text")).ToList());
        Assert.Contains(message, error.Message, StringComparison.Ordinal);
        Assert.DoesNotContain('\n', error.Message);
    }

    [Fact]
    public void Bad_rows_are_counted_where_they_may_be_skipped()
    {
        using var folder = new TemporaryFolder();
        File.WriteAllText(folder.File("in.jsonl"), "\uFEFF{\"text\":\"x\"}\nrubbish\n{\"text\":\"y\"}\r\n");
        var reader = new RowReader(folder.File("in.jsonl"), skipBad: true);
        Assert.Equal(["x", "y"], reader.Read(row => row.Text("text")));
        Assert.Equal(1, reader.Skipped);
        Assert.Contains("in.jsonl:2", reader.FirstSkipped, StringComparison.Ordinal);
    }

    [Fact]
    public void A_missing_file_is_named() =>
        Assert.Contains("none.jsonl: cannot be read", Assert.Throws<WorkFailedException>(
            () => new RowReader("none.jsonl", false).Read(row => 1).ToList()).Message, StringComparison.Ordinal);
}
