using AttnPo.Host.Probing;
using AttnPo.Host.Settings;
using Xunit;

namespace AttnPo.Host.Tests.Probing;

public sealed class CollectionFileTests : IDisposable
{
    private static readonly (string, string)[] Identity = [("seed", "1"), ("model", "ä")];

    private readonly TemporaryFolder _folder = new();

    private string At => _folder.File("rows.partial");

    public void Dispose() => _folder.Dispose();

    private void Begin()
    {
        using var file = new CollectionFile(At, Identity);
        file.Append(["{\"id\":\"é\"}", "{\"id\":\"b\"}"], new(16, 4, 90, 128));
        file.Append([], new(16, 0, 3, 128));
    }

    [Theory]
    [InlineData("")]
    [InlineData("{\"id\":\"c\"}\n")]
    [InlineData("{\"id\":\"c\"}\n{\"asked\":40,\"easy\":9,\"correct\":9,\"judged\":9")]
    [InlineData("{\"id\":\"c")]
    public void What_was_being_written_when_the_process_ended_is_dropped_and_the_rest_is_there(string torn)
    {
        Begin();
        var whole = File.ReadAllBytes(At);
        File.AppendAllText(At, torn);
        using (var file = new CollectionFile(At, Identity))
        {
            Assert.Equal((2, new CollectionCounts(32, 4, 93, 256)), (file.Rows, file.Counts));
            file.Append(["{\"id\":\"d\"}"], new(16, 1, 1, 1));
        }
        Assert.Equal(whole, File.ReadAllBytes(At)[..whole.Length]);

        using (var file = new CollectionFile(At, Identity))
        {
            Assert.Equal((3, new CollectionCounts(48, 5, 94, 257)), (file.Rows, file.Counts));
            file.Write(2, _folder.File("rows.jsonl"));
            Assert.Equal((2, true), file.Compare(_folder.File("rows.jsonl")));
            File.AppendAllText(_folder.File("more.jsonl"), "{\"id\":\"é\"}\n{\"id\":\"x\"}\n");
            Assert.Equal((2, false), file.Compare(_folder.File("more.jsonl")));
        }
        Assert.Equal(["{\"id\":\"é\"}", "{\"id\":\"b\"}"], File.ReadAllLines(_folder.File("rows.jsonl")));
        // It stays, for a larger collection.
        Assert.True(File.Exists(At));
    }

    [Fact]
    public void A_collection_of_other_settings_is_not_gone_on_with()
    {
        Begin();
        var error = Assert.Throws<SettingsException>(() => new CollectionFile(At, [("seed", "2"), ("model", "ä")])).Message;
        Assert.Contains("seed = 1 there, 2 asked for", error, StringComparison.Ordinal);
        Assert.DoesNotContain("model", error, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("nonsense\n", ":1: is not of a collection")]
    [InlineData("[]\n", ":1: is not of a collection")]
    [InlineData("{\"evaluation\":{}}\n", ":1: is not of a collection")]
    public void Another_file_of_that_name_is_refused_and_left(string content, string expected)
    {
        File.WriteAllText(At, content);
        Assert.Contains(expected, Assert.Throws<WorkFailedException>(() => new CollectionFile(At, Identity)).Message, StringComparison.Ordinal);
        Assert.Equal(content, File.ReadAllText(At));
    }

    [Fact]
    public void A_damaged_row_is_refused_with_its_line()
    {
        Begin();
        var lines = File.ReadAllLines(At);
        lines[1] = "{\"id\":";
        File.WriteAllLines(At, lines);
        Assert.Contains(":2: is not of a collection", Assert.Throws<WorkFailedException>(() => new CollectionFile(At, Identity)).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Two_processes_do_not_write_one_collection()
    {
        using var first = new CollectionFile(At, Identity);
        Assert.Contains("cannot be written", Assert.Throws<WorkFailedException>(() => new CollectionFile(At, Identity)).Message, StringComparison.Ordinal);
    }
}
