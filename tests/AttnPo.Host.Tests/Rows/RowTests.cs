using AttnPo.Core.Data.Rows;
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

    [Fact]
    public void A_file_that_must_stay_is_not_replaced()
    {
        using var folder = new TemporaryFolder();
        File.WriteAllText(folder.File("settings.conf"), "first");
        using (var file = new WholeFile(folder.File("settings.conf")))
            Assert.Throws<IOException>(() => file.Commit(replace: false));

        Assert.Equal("first", File.ReadAllText(folder.File("settings.conf")));
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

    [Theory]
    [InlineData("{\"id\":\"\\ud800\"}", "\"id\" is not valid Unicode")]
    [InlineData("{\"id\":\"\u00ff\"}", "not valid UTF-8")]
    [InlineData("{\"i\\ud800\":1}", "a member's name is not valid Unicode")]
    [InlineData("{\"id\":1,\"texts\":[\"\\ud800\"]}", "\"texts\" is not valid Unicode")]
    public void Text_that_is_not_Unicode_makes_a_bad_row_wherever_it_stands(string row, string message)
    {
        using var folder = new TemporaryFolder();
        var path = folder.File("in.jsonl");
        File.WriteAllText(path, row + "\n{\"id\":2,\"texts\":[]}\n", System.Text.Encoding.Latin1);
        static int Read(Row row) => row.Id().GetInt32() + row.Texts("texts").Length;

        var error = Assert.Throws<WorkFailedException>(() => new RowReader(path, skipBad: false).Read(Read).ToList());
        Assert.Contains($"in.jsonl:1: {message}; mend the row, or leave such rows out with --skip-bad", error.Message, StringComparison.Ordinal);
        var reader = new RowReader(path, skipBad: true);
        Assert.Equal([2], reader.Read(Read));
        Assert.Equal(1, reader.Skipped);
    }

    [Fact]
    public void Skipping_is_not_advised_where_a_command_cannot_do_it()
    {
        using var folder = new TemporaryFolder();
        File.WriteAllText(folder.File("in.jsonl"), "rubbish");
        var error = Assert.Throws<WorkFailedException>(() => new RowReader(folder.File("in.jsonl"), skipBad: null).Read(row => 1).ToList());
        Assert.DoesNotContain("--skip-bad", error.Message, StringComparison.Ordinal);
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
