using System.Text;
using AttnPo.Actors.Faults;
using AttnPo.Actors.Protocol;
using AttnPo.Actors.Run;
using AttnPo.Actors.Tests.Fakes;
using Xunit;

namespace AttnPo.Actors.Tests.Run;

[Trait("Contract", "C2")]
public sealed class ArchiveFolderTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();
    private readonly ArchiveFolder _archive;

    public ArchiveFolderTests() => _archive = new ArchiveFolder(_folder["ledger"], FaultPlan.None);

    [Fact]
    public void Events_come_back_in_order_as_they_were_whatever_order_their_parts_were_written_in()
    {
        Write(step: 4, first: 11, count: 2);
        Write(step: 2, first: 1, count: 9);
        Write(step: 3, first: 10, count: 1);
        var back = _archive.Read().ToArray();
        Assert.Equal(Enumerable.Range(1, 12).Select(n => (long)n), back.Select(happened => happened.Sequence));
        Assert.All(back, happened =>
        {
            Assert.Equal("evaluated/1", happened.Kind);
            Assert.Equal(Content(happened.Sequence), Encoding.UTF8.GetString(happened.Content));
        });
    }

    [Fact]
    public void Parts_are_in_the_order_of_their_numbers_beyond_ten_digits_too()
    {
        Write(step: 1, first: 9_999_999_999, count: 1);
        Write(step: 2, first: 10_000_000_000, count: 1);
        Assert.Equal([9_999_999_999, 10_000_000_000], _archive.Read().Select(happened => happened.Sequence));
    }

    [Fact]
    public void A_part_is_named_for_its_events_its_step_and_its_hash_and_holds_a_line_an_event()
    {
        var part = Write(step: 2, first: 1, count: 3);
        Assert.Equal((3L, $"events-0000000001-0000000003-step-000002-{part.Sha256}.jsonl"), (part.LastEvent, part.Name));
        var path = _folder["ledger", part.Name];
        Assert.Equal(part.Bytes, new FileInfo(path).Length);
        using (var file = File.OpenRead(path)) Assert.Equal(part.Sha256, DurableFile.Hash(file));
        Assert.Equal($$"""{"seq":1,"kind":"evaluated/1","event":{{Content(1)}}}""", File.ReadLines(path).First());
        Assert.Equal(3, File.ReadLines(path).Count());
    }

    [Fact]
    [Trait("Contract", "C9")]
    public void A_part_that_is_missing_in_between_is_told_by_its_events()
    {
        Write(step: 2, first: 1, count: 3);
        var gone = Write(step: 4, first: 4, count: 2);
        Write(step: 6, first: 6, count: 3);
        File.Delete(_folder["ledger", gone.Name]);
        var fault = Assert.Throws<InvalidDataException>(() => _archive.Read().ToArray());
        Assert.Equal($"{_folder["ledger"]}: the events 4 to 5 are missing. Put the file back from a copy.", fault.Message);
    }

    [Fact]
    public void Parts_that_are_missing_at_the_beginning_were_pruned_and_are_no_error()
    {
        Write(step: 2, first: 1, count: 3);
        Write(step: 4, first: 4, count: 2);
        _archive.Prune(new StepNumber(2));
        Assert.Equal([4L, 5], _archive.Read().Select(happened => happened.Sequence));
    }

    [Theory]
    [Trait("Contract", "C9")]
    [InlineData(true)]
    [InlineData(false)]
    public void A_part_that_was_torn_or_altered_is_named(bool isTorn)
    {
        Write(step: 2, first: 1, count: 3);
        var path = _folder["ledger", Write(step: 4, first: 4, count: 2).Name];
        var content = File.ReadAllText(path);
        File.WriteAllText(path, isTorn ? content[..^20] : content.Replace("\"step\":4", "\"step\":5", StringComparison.Ordinal));
        var fault = Assert.Throws<InvalidDataException>(() => _archive.Read().ToArray());
        Assert.Equal($"{path} is not what was written (its SHA-256 differs). Put it back from a copy.", fault.Message);
    }

    [Fact]
    public void Sweeping_removes_parts_beyond_the_saved_state_and_what_is_half_written_and_nothing_else()
    {
        var (first, second) = (Write(step: 2, first: 1, count: 3), Write(step: 4, first: 4, count: 2));
        Write(step: 6, first: 6, count: 3);
        File.WriteAllText(_folder["ledger", ".abc.tmp"], "");
        File.WriteAllText(_folder["ledger", "notes.txt"], "");
        _archive.Sweep(lastEvent: 5);
        Assert.Equal([first.Name, second.Name, "notes.txt"], Names());
        _archive.Sweep(lastEvent: 0);
        Assert.Equal(["notes.txt"], Names());
    }

    [Fact]
    [Trait("Contract", "C6")]
    public void Pruning_removes_parts_whose_steps_are_all_up_to_one()
    {
        Write(step: 2, first: 1, count: 3);
        var (second, third) = (Write(step: 4, first: 4, count: 2), Write(step: 6, first: 6, count: 3));
        _archive.Prune(new StepNumber(3));
        Assert.Equal([second.Name, third.Name], Names());
        _archive.Prune(new StepNumber(4));
        Assert.Equal([third.Name], Names());
    }

    [Theory]
    [Trait("Contract", "C6")]
    [InlineData(FaultAction.Throw)]
    [InlineData(FaultAction.DiskFull)]
    public void A_write_that_fails_leaves_nothing(FaultAction action)
    {
        var plan = new FaultPlan([new Fault { Point = FaultPoint.Archive, Action = action }]);
        var faulty = new ArchiveFolder(_folder["ledger"], plan);
        Assert.ThrowsAny<Exception>(() => faulty.Write(new StepNumber(2), [Event(1)]));
        Assert.Empty(Names());
    }

    [Fact]
    public void Where_there_is_no_archive_there_is_nothing_to_read_to_sweep_or_to_prune()
    {
        Assert.Empty(_archive.Read());
        _archive.Sweep(0);
        _archive.Prune(new StepNumber(9));
        Assert.Empty(Directory.GetFileSystemEntries(_folder.Path));
    }

    public void Dispose() => _folder.Dispose();

    private ArchiveRecord Write(int step, long first, int count) =>
        _archive.Write(new StepNumber(step), [.. Enumerable.Range(0, count).Select(i => Event(first + i))]);

    private static ArchivedEvent Event(long sequence) => new(sequence, "evaluated/1", Encoding.UTF8.GetBytes(Content(sequence)));

    private static string Content(long sequence) => $$$"""{"step":{{{sequence}}},"policy":1,"metrics":{"eval/accuracy":0.1}}""";

    private IEnumerable<string?> Names() => Directory.GetFiles(_folder["ledger"]).Select(Path.GetFileName).Order(StringComparer.Ordinal);
}
