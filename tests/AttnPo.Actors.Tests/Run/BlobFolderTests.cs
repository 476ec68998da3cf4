using System.Security.Cryptography;
using System.Text;
using AttnPo.Actors.Faults;
using AttnPo.Actors.Protocol;
using AttnPo.Actors.Run;
using AttnPo.Actors.Tests.Fakes;
using CsCheck;
using Xunit;

namespace AttnPo.Actors.Tests.Run;

[Trait("Contract", "C2")]
public sealed class BlobFolderTests : IDisposable
{
    private const string Abc = "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad";
    private readonly TemporaryFolder _folder = new();
    private readonly BlobFolder _blobs;

    public BlobFolderTests() => _blobs = new BlobFolder(_folder["rollouts"], FaultPlan.None);

    [Fact]
    public void A_file_is_named_for_what_it_is_and_for_its_hash()
    {
        Assert.Equal(new BlobRecord($"step-000007/wave-0002-rollouts-{Abc}.jsonl", 3, Abc), Write(7, "wave-0002-rollouts", "abc"));
        Assert.Equal([$"step-000007/wave-0002-rollouts-{Abc}.jsonl"], Names());
    }

    [Fact]
    public void Whatever_is_written_is_read_back_and_its_hash_is_the_records() =>
        Gen.Byte.Array[0, 300_000].Sample(
            content =>
            {
                var blob = _blobs.Write(new StepNumber(1), "b", file => file.Write(content));
                Assert.Equal(content, _blobs.Read(blob));
                Assert.Equal((content.Length, Convert.ToHexStringLower(SHA256.HashData(content))), (blob.Bytes, blob.Sha256));
            },
            iter: 20);

    [Fact]
    public void Equal_content_is_one_file_and_another_content_another()
    {
        Assert.Equal(Write(1, "a", "abc"), Write(1, "a", "abc"));
        Assert.Single(Names());
        Assert.NotEqual(Write(1, "a", "abc"), Write(1, "a", "abd"));
        Assert.Equal(2, Names().Count());
    }

    [Fact]
    public void Writing_again_mends_a_file_that_was_damaged()
    {
        var blob = Write(1, "a", "abc");
        File.WriteAllText(PathOf(blob), "a?c");
        Assert.Equal(blob, Write(1, "a", "abc"));
        Assert.Equal("abc"u8.ToArray(), _blobs.Read(blob));
    }

    [Theory]
    [Trait("Contract", "C9")]
    [InlineData("ab?", "is not what was journaled (its SHA-256 differs)")]
    [InlineData("ab", "has 2 bytes, 3 were journaled")]
    [InlineData("abcd", "has 4 bytes, 3 were journaled")]
    [InlineData("", "has 0 bytes, 3 were journaled")]
    [InlineData(null, "is missing")]
    public void A_file_that_is_not_what_was_written_is_named_with_what_is_wrong_and_what_to_do(string? content, string reason)
    {
        var blob = Write(3, "a", "abc");
        if (content is null) File.Delete(PathOf(blob));
        else File.WriteAllText(PathOf(blob), content);
        var fault = Assert.Throws<InvalidDataException>(() => _blobs.Read(blob));
        Assert.Equal($"{PathOf(blob)} {reason}. Put the file back from a copy, or begin a new run in another directory.", fault.Message);
    }

    [Fact]
    public void A_write_that_fails_leaves_no_file_and_names_the_folder_and_the_step()
    {
        var fault = Assert.Throws<IOException>(() => _blobs.Write(new StepNumber(3), "a", file =>
        {
            file.Write("ab"u8);
            throw new IOException("No space left on device.");
        }));
        Assert.StartsWith($"{_folder["rollouts", "step-000003"]}: the rollouts of step 3 could not be written: No space left", fault.Message, StringComparison.Ordinal);
        Assert.Empty(Names());
    }

    [Theory]
    [InlineData(FaultAction.Throw)]
    [InlineData(FaultAction.DiskFull)]
    public void A_write_that_fails_before_the_file_has_its_name_leaves_none_whatever_it_fails_of(FaultAction action)
    {
        var faulty = new BlobFolder(_folder["rollouts"], new FaultPlan([new Fault { Point = FaultPoint.BlobWrite, Action = action }]));
        Assert.ThrowsAny<Exception>(() => faulty.Write(new StepNumber(3), "a", file => file.Write("abc"u8)));
        Assert.Empty(Names());
        Assert.Equal("abc"u8.ToArray(), faulty.Read(faulty.Write(new StepNumber(3), "a", file => file.Write("abc"u8))));
    }

    [Fact]
    public void A_writer_that_fails_of_itself_leaves_no_file()
    {
        Assert.Throws<FormatException>(() => _blobs.Write(new StepNumber(3), "a", _ => throw new FormatException("strange")));
        Assert.Empty(Names());
    }

    [Fact]
    public void Sweeping_removes_what_no_event_names_of_steps_not_committed_and_what_is_half_written_and_nothing_else()
    {
        var committed = Write(1, "unnamed", "1");
        var named = Write(2, "named", "2");
        Write(2, "unnamed", "3");
        Write(3, "unnamed", "4");
        Put("step-000001/.a.tmp");
        Put("step-000002/.b.tmp");
        Put("step-000001.jsonl");
        Put("notes.txt");
        Put("step-by-step/kept");
        Put("best/step-000009/kept");

        _blobs.Sweep(new StepNumber(1), [named]);

        Assert.Equal(
            ["best/step-000009/kept", "notes.txt", "step-000001.jsonl", committed.Name, named.Name, "step-by-step/kept"], Names());
        Assert.False(Directory.Exists(_folder["rollouts", "step-000003"]));
    }

    [Fact]
    public void Sweeping_makes_the_folder_of_a_new_run()
    {
        _blobs.Sweep(StepNumber.Start, []);
        Assert.Empty(Directory.GetFileSystemEntries(_folder["rollouts"]));
    }

    [Fact]
    [Trait("Contract", "C6")]
    public void Pruning_removes_the_steps_up_to_one_and_nothing_else()
    {
        for (var step = 1; step <= 4; step++) Write(step, "a", $"{step}");
        Put("step-000001.jsonl");
        Put("step-by-step/kept");
        _blobs.Prune(new StepNumber(2));
        Assert.Equal(["step-000001.jsonl", "step-000003", "step-000004", "step-by-step"], Entries());
        _blobs.Prune(new StepNumber(-5));
        Assert.Equal(["step-000001.jsonl", "step-000003", "step-000004", "step-by-step"], Entries());
    }

    public void Dispose() => _folder.Dispose();

    private BlobRecord Write(int step, string label, string content) =>
        _blobs.Write(new StepNumber(step), label, file => file.Write(Encoding.UTF8.GetBytes(content)));

    private string PathOf(BlobRecord blob) => Path.Combine(_folder["rollouts"], blob.Name);

    private void Put(string name)
    {
        var path = Path.Combine(_folder["rollouts"], name);
        Directory.CreateDirectory(Path.GetDirectoryName(path)!);
        File.WriteAllText(path, "");
    }

    private IEnumerable<string> Names() => Directory.GetFiles(_folder["rollouts"], "*", SearchOption.AllDirectories)
        .Select(path => Path.GetRelativePath(_folder["rollouts"], path).Replace('\\', '/')).Order(StringComparer.Ordinal);

    private IEnumerable<string?> Entries() =>
        Directory.GetFileSystemEntries(_folder["rollouts"]).Select(Path.GetFileName).Order(StringComparer.Ordinal);
}
