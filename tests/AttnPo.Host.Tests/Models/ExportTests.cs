using AttnPo.Gpu.Checkpoints;
using AttnPo.Host.Models;
using AttnPo.Host.Settings;
using Xunit;

namespace AttnPo.Host.Tests.Models;

/// <summary>What export decides before the engine is asked.</summary>
public sealed class ExportTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData("1", 1L)]
    [InlineData("5GB", 5_000_000_000L)]
    [InlineData("500 MB", 500_000_000L)]
    [InlineData("3kb", 3_000L)]
    [InlineData("4GiB", 4L << 30)]
    [InlineData("2MiB", 2L << 20)]
    [InlineData("2KiB", 2048L)]
    [InlineData("0", null)]
    [InlineData("-1GB", null)]
    [InlineData("1.5GB", null)]
    [InlineData("GB", null)]
    [InlineData("", null)]
    [InlineData("9223372036854775807GB", null)]
    [InlineData("five", null)]
    public void Sizes_are_read_as_people_write_them(string text, long? bytes) => Assert.Equal(bytes, ByteSize.Parse(text));

    [Fact]
    public void A_folder_without_a_run_keeps_each_tensors_own_type_and_has_no_steps()
    {
        var source = ExportSource.Find(_folder.Path, null);
        Assert.Equal((_folder.Path, ExportFormat.Stored), (source.Directory, source.Format));
        Assert.Contains("holds no run", Assert.Throws<SettingsException>(() => ExportSource.Find(_folder.Path, 3)).Message, StringComparison.Ordinal);
    }

    [Fact]
    [Trait("Contract", "C2")]
    public void A_checkpoint_that_no_journal_names_is_not_exported()
    {
        File.WriteAllText(_folder.File("settings.conf"), SettingsFiles.Resolve("tiny", []).ToHocon());
        Directory.CreateDirectory(_folder.File("checkpoints/step-000010"));
        var fault = Assert.Throws<WorkFailedException>(() => ExportSource.Find(_folder.Path, null));
        Assert.Contains("has no committed checkpoint yet", fault.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_source_that_loses_a_file_while_it_is_read_is_noticed()
    {
        File.WriteAllText(_folder.File("tokenizer.json"), "{}");
        var source = ExportSource.Find(_folder.Path, null);
        source.RequireStillThere();
        File.Delete(_folder.File("tokenizer.json"));
        Assert.Throws<WorkFailedException>(source.RequireStillThere);
    }

    [Fact]
    public void A_folder_appears_whole_or_not_at_all()
    {
        var target = _folder.File("out");
        using (var given = new WholeFolder(target)) File.WriteAllText(Path.Combine(given.Aside, "config.json"), "{}");
        Assert.Empty(Directory.GetFileSystemEntries(_folder.Path));

        Directory.CreateDirectory(target);
        using (var whole = new WholeFolder(target + Path.DirectorySeparatorChar))
        {
            File.WriteAllText(Path.Combine(whole.Aside, "config.json"), "{}");
            Assert.Empty(Directory.GetFileSystemEntries(target));
            whole.Commit();
        }
        Assert.Equal([target], Directory.GetFileSystemEntries(_folder.Path));
        Assert.Equal("{}", File.ReadAllText(Path.Combine(target, "config.json")));
        Assert.Contains("exists and is not empty", Assert.Throws<WorkFailedException>(() => new WholeFolder(target)).Message, StringComparison.Ordinal);
    }
}
