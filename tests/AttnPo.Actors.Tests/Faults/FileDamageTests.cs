using AttnPo.Actors.Faults;
using AttnPo.Actors.Tests.Fakes;
using CsCheck;
using Xunit;

namespace AttnPo.Actors.Tests.Faults;

public sealed class FileDamageTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void Corrupt_changes_the_byte_in_the_middle_and_no_other() =>
        Gen.Byte.Array[1, 40].Sample(
            content =>
            {
                var path = Write(Guid.NewGuid().ToString(), content);
                Assert.True(Plan(FaultPoint.BlobNamed, FaultAction.Corrupt).Pass(FaultPoint.BlobNamed, path));
                var after = File.ReadAllBytes(path);
                Assert.Equal(content.Length, after.Length);
                Assert.Equal([content.Length / 2], Enumerable.Range(0, content.Length).Where(i => content[i] != after[i]));
            },
            iter: 100);

    [Fact]
    public void Corrupt_of_an_empty_file_gives_it_a_byte()
    {
        var path = Write("empty", []);
        Plan(FaultPoint.BlobNamed, FaultAction.Corrupt).Pass(FaultPoint.BlobNamed, path);
        Assert.Single(File.ReadAllBytes(path));
    }

    [Fact]
    public void Corrupt_of_a_folder_changes_its_largest_file_alone()
    {
        Directory.CreateDirectory(_folder["step", "deep"]);
        byte[] large = [1, 2, 3, 4, 5, 6], small = [1, 2, 3];
        Write(Path.Combine("step", "a"), small);
        Write(Path.Combine("step", "deep", "b"), large);
        Plan(FaultPoint.CheckpointNamed, FaultAction.Corrupt).Pass(FaultPoint.CheckpointNamed, _folder["step"]);
        Assert.Equal(small, File.ReadAllBytes(_folder["step", "a"]));
        Assert.Equal([1, 2, 3, 251, 5, 6], File.ReadAllBytes(_folder["step", "deep", "b"]));
    }

    [Fact]
    public void Corrupt_without_a_file_is_a_mistake_of_whoever_passes_the_point()
    {
        var plan = Plan(FaultPoint.BlobNamed, FaultAction.Corrupt);
        Assert.Throws<ArgumentNullException>(() => plan.Pass(FaultPoint.BlobNamed));
        Assert.Throws<FileNotFoundException>(() => plan.Pass(FaultPoint.BlobNamed, _folder["none"]));
    }

    [Fact]
    public void A_full_disk_leaves_the_file_torn_and_throws_what_the_system_does()
    {
        var path = Write("blob", [1, 2, 3, 4, 5]);
        var fault = Assert.Throws<IOException>(() => Plan(FaultPoint.BlobWrite, FaultAction.DiskFull).Pass(FaultPoint.BlobWrite, path));
        Assert.Equal([1, 2], File.ReadAllBytes(path));
        Assert.Contains(path, fault.Message, StringComparison.Ordinal);
        if (!OperatingSystem.IsWindows()) Assert.StartsWith("No space left on device", fault.Message, StringComparison.Ordinal);
    }

    [SkippableFact]
    public void A_full_disk_is_told_as_one_that_is_really_full()
    {
        Skip.IfNot(File.Exists("/dev/full"), "This system has no device that is always full.");
        var real = Assert.Throws<IOException>(() =>
        {
            using var file = new FileStream("/dev/full", FileMode.Open, FileAccess.Write, FileShare.ReadWrite, bufferSize: 0);
            file.WriteByte(1);
        });
        var plan = Plan(FaultPoint.BlobWrite, FaultAction.DiskFull);
        var injected = Assert.Throws<IOException>(() => plan.Pass(FaultPoint.BlobWrite, _folder["x"]));
        Assert.Equal(real.HResult, injected.HResult);
        Assert.Equal(real.Message.Replace("/dev/full", _folder["x"], StringComparison.Ordinal), injected.Message);
    }

    [Fact]
    public void A_full_disk_tears_the_largest_file_of_a_folder_and_throws_also_where_there_is_none()
    {
        Directory.CreateDirectory(_folder["aside"]);
        var plan = Plan(FaultPoint.CheckpointWrite, FaultAction.DiskFull);
        Assert.Throws<IOException>(() => plan.Pass(FaultPoint.CheckpointWrite, _folder["aside"]));
        Assert.Throws<IOException>(() => plan.Pass(FaultPoint.CheckpointWrite));
        var (small, large) = (Write(Path.Combine("aside", "a"), [1, 2]), Write(Path.Combine("aside", "b"), [1, 2, 3, 4]));
        Assert.Throws<IOException>(() => plan.Pass(FaultPoint.CheckpointWrite, _folder["aside"]));
        Assert.Equal((2, 2), (File.ReadAllBytes(small).Length, File.ReadAllBytes(large).Length));
    }

    private string Write(string name, byte[] content)
    {
        File.WriteAllBytes(_folder[name], content);
        return _folder[name];
    }

    private static FaultPlan Plan(FaultPoint point, FaultAction action) =>
        new([new Fault { Point = point, Action = action, Times = Fault.Always }]);
}
