using AttnPo.Actors.Faults;
using AttnPo.Actors.Protocol;
using AttnPo.Actors.Run;
using AttnPo.Actors.Tests.Fakes;
using Xunit;

namespace AttnPo.Actors.Tests.Run;

[Trait("Contract", "C2")]
public sealed class CheckpointFolderTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();
    private readonly CheckpointFolder _checkpoints;

    public CheckpointFolderTests()
    {
        _checkpoints = new CheckpointFolder(_folder["checkpoints"], keep: 2, keepEvery: 0, FaultPlan.None);
        _checkpoints.Sweep(StepNumber.Start);
    }

    [Fact]
    public void A_checkpoint_has_its_name_only_when_it_is_whole()
    {
        Assert.Throws<IOException>(() => _checkpoints.Write(new StepNumber(1), directory =>
        {
            File.WriteAllText(Path.Combine(directory, "half"), "x");
            throw new IOException("disk full");
        }));
        Assert.Equal([".step-000001.tmp"], Names());

        var record = _checkpoints.Write(new StepNumber(1), directory => File.WriteAllText(Path.Combine(directory, "whole"), "abc"));

        Assert.Equal(["step-000001"], Names());
        Assert.Equal("step-000001", record.Name);
        Assert.Equal(
            new CheckpointFile("whole", 3, "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"), Assert.Single(record.Files));
        _checkpoints.Verify(record);
    }

    [Fact]
    public void A_step_made_again_replaces_what_was_never_committed()
    {
        Write(1, "first");
        var record = Write(1, "second");
        _checkpoints.Verify(record);
        Assert.Equal("second", File.ReadAllText(Path.Combine(_checkpoints.PathOf(record), "w")));
    }

    [Theory]
    [InlineData("changed", "is not what was committed")]
    [InlineData("longer than before", "bytes")]
    [InlineData(null, "is missing")]
    public void An_altered_checkpoint_is_named(string? content, string reason)
    {
        var record = Write(1, "content");
        var file = Path.Combine(_checkpoints.PathOf(record), "w");
        if (content is null) File.Delete(file);
        else File.WriteAllText(file, content);
        var fault = Assert.Throws<InvalidDataException>(() => _checkpoints.Verify(record));
        Assert.Contains(file, fault.Message);
        Assert.Contains(reason, fault.Message);
    }

    [Fact]
    public void Sweeping_removes_what_is_not_committed_or_too_old_and_nothing_else()
    {
        for (var step = 1; step <= 6; step++) Write(step, $"{step}");
        Directory.CreateDirectory(_folder["checkpoints", ".step-000007.tmp"]);
        Directory.CreateDirectory(_folder["checkpoints", "step-by-step"]);
        Directory.CreateDirectory(_folder["checkpoints", "best"]);
        _checkpoints.Sweep(new StepNumber(4));
        Assert.Equal(["best", "step-000003", "step-000004", "step-by-step"], Names());
    }

    [Fact]
    [Trait("Contract", "C6")]
    public void Pruning_keeps_the_last_few_up_to_the_committed_one_and_touches_none_beyond_it()
    {
        for (var step = 1; step <= 6; step++) Write(step, $"{step}");
        _checkpoints.Prune(new StepNumber(4));
        Assert.Equal(["step-000003", "step-000004", "step-000005", "step-000006"], Names());
    }

    [Fact]
    [Trait("Contract", "C6")]
    public void Checkpoints_of_multiples_of_a_step_stay_for_good_and_the_last_few_besides()
    {
        var checkpoints = new CheckpointFolder(_folder["checkpoints"], keep: 2, keepEvery: 4, FaultPlan.None);
        for (var step = 1; step <= 10; step++)
        {
            checkpoints.Write(new StepNumber(step), directory => File.WriteAllText(Path.Combine(directory, "w"), $"{step}"));
            checkpoints.Prune(new StepNumber(step));
        }
        Assert.Equal(["step-000004", "step-000008", "step-000009", "step-000010"], Names());
        // One that was never committed goes at the next start, multiple or not.
        checkpoints.Write(new StepNumber(12), directory => File.WriteAllText(Path.Combine(directory, "w"), "12"));
        checkpoints.Sweep(new StepNumber(10));
        Assert.Equal(["step-000004", "step-000008", "step-000009", "step-000010"], Names());
    }

    [Fact]
    [Trait("Contract", "C6")]
    public void One_that_is_among_the_last_and_a_multiple_counts_among_the_last()
    {
        var checkpoints = new CheckpointFolder(_folder["checkpoints"], keep: 2, keepEvery: 2, FaultPlan.None);
        for (var step = 1; step <= 4; step++) Write(step, $"{step}");
        checkpoints.Prune(new StepNumber(4));
        Assert.Equal(["step-000002", "step-000003", "step-000004"], Names());
    }

    public void Dispose() => _folder.Dispose();

    private CheckpointRecord Write(int step, string content) =>
        _checkpoints.Write(new StepNumber(step), directory => File.WriteAllText(Path.Combine(directory, "w"), content));

    private IEnumerable<string?> Names() =>
        Directory.GetDirectories(_folder["checkpoints"]).Select(Path.GetFileName).Order(StringComparer.Ordinal);
}
