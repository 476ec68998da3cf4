using AttnPo.Actors.Protocol;
using AttnPo.Actors.Run;
using AttnPo.Actors.Tests.Fakes;
using Xunit;

namespace AttnPo.Actors.Tests.Run;

public sealed class MetricsFileTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    private string FilePath => _folder["metrics.jsonl"];

    [Fact]
    public void A_line_holds_its_step_first_and_its_keys_in_order_and_an_evaluation_joins_the_line_of_its_step()
    {
        var file = new MetricsFile(FilePath);
        file.Put(new StepNumber(0), Of(("policy/version", 0), ("eval/accuracy", 0.5)));
        file.Put(new StepNumber(1), Of(("train/loss", 0.25), ("policy/version", 1)));
        file.Put(new StepNumber(1), Of(("eval/accuracy", 0.75), ("policy/version", 1)));
        file.Put(new StepNumber(2), Of(("train/loss", double.NaN)));
        Assert.Equal(
            [
                """{"step":0,"eval/accuracy":0.5,"policy/version":0}""",
                """{"step":1,"eval/accuracy":0.75,"policy/version":1,"train/loss":0.25}""",
                """{"step":2,"train/loss":null}""",
            ],
            File.ReadAllLines(FilePath));
        Assert.Equal([FilePath], Directory.GetFiles(_folder.Path));
    }

    [Theory]
    [InlineData(null)]
    [InlineData("")]
    [InlineData("{\"step\":1,\"a\":1}\n{\"st")]
    [InlineData("{\"step\":1,\"a\":1}\n{\"step\":2,\"a\":2,\"b\":3}\n{\"step\":3,\"a\":3}\n")]
    [InlineData("{\"step\":1,\"a\":9}\n{\"step\":2,\"a\":2,\"b\":3}\n")]
    public void A_file_that_disagrees_with_the_journal_is_made_again_and_goes_on(string? found)
    {
        if (found is not null) File.WriteAllText(FilePath, found);
        var file = new MetricsFile(FilePath);
        file.Replay(new StepNumber(1), Of(("a", 1)));
        file.Replay(new StepNumber(2), Of(("a", 2)));
        file.Replay(new StepNumber(2), Of(("b", 3)));
        file.EndReplay();
        Assert.Equal("{\"step\":1,\"a\":1}\n{\"step\":2,\"a\":2,\"b\":3}\n", File.ReadAllText(FilePath));

        file.Put(new StepNumber(2), Of(("c", 4)));
        file.Put(new StepNumber(3), Of(("a", 5)));
        Assert.Equal("{\"step\":1,\"a\":1}\n{\"step\":2,\"a\":2,\"b\":3,\"c\":4}\n{\"step\":3,\"a\":5}\n", File.ReadAllText(FilePath));
        Assert.Equal([FilePath], Directory.GetFiles(_folder.Path));
    }

    [Fact]
    public void A_file_that_agrees_is_left_alone()
    {
        File.WriteAllText(FilePath, "{\"step\":1,\"a\":1}\n");
        File.SetLastWriteTimeUtc(FilePath, DateTime.UnixEpoch);
        var file = new MetricsFile(FilePath);
        file.Replay(new StepNumber(1), Of(("a", 1)));
        file.EndReplay();
        Assert.Equal(DateTime.UnixEpoch, File.GetLastWriteTimeUtc(FilePath));
    }

    [Fact]
    public void A_replay_that_is_given_up_leaves_the_file_and_nothing_else()
    {
        File.WriteAllText(FilePath, "something else");
        var file = new MetricsFile(FilePath);
        file.Replay(new StepNumber(1), Of(("a", 1)));
        file.AbandonReplay();
        Assert.Equal("something else", File.ReadAllText(FilePath));
        Assert.Equal([FilePath], Directory.GetFiles(_folder.Path));
    }

    [Fact]
    public void A_replay_that_is_given_up_is_begun_anew_by_the_next()
    {
        var file = new MetricsFile(FilePath);
        file.Replay(new StepNumber(1), Of(("a", 1)));
        file.Replay(new StepNumber(2), Of(("a", 2)));
        file.AbandonReplay();
        file.Replay(new StepNumber(1), Of(("a", 1)));
        file.EndReplay();
        Assert.Equal("{\"step\":1,\"a\":1}\n", File.ReadAllText(FilePath));
        Assert.Equal([FilePath], Directory.GetFiles(_folder.Path));
    }

    [Theory]
    [InlineData("{\"step\":0,\"a\":0}\n{\"step\":1,\"a\":1}\n{\"step\":2,\"a\":2}\n")]
    [InlineData("{\"step\":0,\"a\":0}\n{\"step\":1,\"a\":1}\n{\"step\":2,\"a\":2,\"b\":9}\n{\"step\":3,\"a\":3}\n")]
    [InlineData("{\"step\":0,\"a\":0}\n{\"step\":1,\"a\":1}\n{\"step\":2,\"a\":2}\n{\"step\":3,\"a")]
    [InlineData("{\"step\":0,\"a\":0}\n{\"step\":1,\"a\":1}\n{\"ste")]
    [InlineData("{\"step\":0,\"a\":0}\n{\"step\":1,\"a\":1}\n")]
    public void From_a_saved_state_on_the_older_lines_are_the_files_own_and_the_last_is_the_states(string found)
    {
        var mark = MarkAfterStep2();
        File.WriteAllText(FilePath, found);
        var file = new MetricsFile(FilePath);
        Assert.True(file.BeginReplay(mark, new StepNumber(2), Of(("a", 2))));
        // An evaluation after the saved state joins the line of its step, also where the file had it already.
        file.Replay(new StepNumber(2), Of(("b", 4)));
        file.Replay(new StepNumber(3), Of(("a", 3)));
        file.EndReplay();
        file.Put(new StepNumber(3), Of(("b", 5)));
        Assert.Equal(
            "{\"step\":0,\"a\":0}\n{\"step\":1,\"a\":1}\n{\"step\":2,\"a\":2,\"b\":4}\n{\"step\":3,\"a\":3,\"b\":5}\n", File.ReadAllText(FilePath));
        Assert.Equal([FilePath], Directory.GetFiles(_folder.Path));
    }

    [Theory]
    [InlineData(null)]
    [InlineData("")]
    [InlineData("{\"step\":0,\"a\":0}\n{\"step\":1,\"a\":1}")]
    [InlineData("{\"step\":0,\"a\":9}\n{\"step\":1,\"a\":1}\n{\"step\":2,\"a\":2}\n")]
    [InlineData("{\"step\":1,\"a\":1}\n{\"step\":0,\"a\":0}\n{\"step\":2,\"a\":2}\n")]
    public void Older_lines_that_are_not_what_they_were_when_the_state_was_saved_must_come_from_the_archive(string? found)
    {
        var mark = MarkAfterStep2();
        if (found is null) File.Delete(FilePath);
        else File.WriteAllText(FilePath, found);
        var file = new MetricsFile(FilePath);
        Assert.False(file.BeginReplay(mark, new StepNumber(2), Of(("a", 2))));
        for (var step = 0; step <= 2; step++) file.Replay(new StepNumber(step), Of(("a", step)));
        file.EndReplay();
        Assert.Equal("{\"step\":0,\"a\":0}\n{\"step\":1,\"a\":1}\n{\"step\":2,\"a\":2}\n", File.ReadAllText(FilePath));
        Assert.Equal(mark, file.Mark());
    }

    [Fact]
    public void The_mark_of_a_state_does_not_depend_on_whether_its_last_line_was_written_at_once_or_joined_by_an_evaluation()
    {
        var mark = MarkAfterStep2();
        var file = new MetricsFile(FilePath);
        Assert.True(file.BeginReplay(mark, new StepNumber(2), Of(("a", 2))));
        file.EndReplay();
        file.Put(new StepNumber(2), Of(("b", 3)));
        Assert.Equal(mark, file.Mark());
        file.Put(new StepNumber(3), Of(("a", 3)));
        Assert.Equal(mark.Bytes + "{\"step\":2,\"a\":2,\"b\":3}\n".Length, file.Mark().Bytes);
    }

    public void Dispose() => _folder.Dispose();

    private MetricsMark MarkAfterStep2()
    {
        var file = new MetricsFile(FilePath);
        file.EndReplay();
        for (var step = 0; step <= 2; step++) file.Put(new StepNumber(step), Of(("a", step)));
        return file.Mark();
    }

    private static Dictionary<string, double> Of(params (string Key, double Value)[] figures) =>
        figures.ToDictionary(figure => figure.Key, figure => figure.Value);
}
