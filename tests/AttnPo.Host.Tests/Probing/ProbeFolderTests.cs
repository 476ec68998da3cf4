using System.Text.Json.Nodes;
using AttnPo.Host.Probing;
using AttnPo.Host.Settings;
using Xunit;

namespace AttnPo.Host.Tests.Probing;

public sealed class ProbeFolderTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData("settings.conf")]
    [InlineData("journal.db")]
    [InlineData("config.json")]
    [InlineData("model.safetensors")]
    public void The_folder_of_a_run_or_a_model_is_refused(string name)
    {
        File.WriteAllText(_folder.File(name), "");
        Assert.Contains($"holds {name}", Assert.Throws<WorkFailedException>(() => new ProbeFolder(_folder.Path)).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_file_in_its_place_is_refused()
    {
        File.WriteAllText(_folder.File("out"), "");
        Assert.Contains("is a file", Assert.Throws<WorkFailedException>(() => new ProbeFolder(_folder.File("out"))).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Objects_are_replaced_and_removed_and_what_is_not_of_the_probe_stays()
    {
        File.WriteAllText(_folder.File("questions.jsonl"), "mine");
        var folder = new ProbeFolder(_folder.Path);
        folder.Write("a.json", new JsonObject { ["é"] = 1 });
        Assert.Equal("{\n  \"é\": 1\n}\n", File.ReadAllText(_folder.File("a.json")));
        folder.Write("a.json", []);
        Assert.Equal("{}\n", File.ReadAllText(_folder.File("a.json")));
        folder.Write("a.json", null);
        folder.Write("a.json", null);
        Assert.Equal(["questions.jsonl"], Directory.GetFileSystemEntries(_folder.Path).Select(Path.GetFileName));
    }

    [SkippableTheory]
    [InlineData("out/probed.jsonl")]
    [InlineData("out/../out/probed.jsonl")]
    [InlineData("linked/probed.jsonl")]
    [InlineData("rows.jsonl")]
    public void What_is_read_is_not_replaced_by_whatever_name(string name)
    {
        Directory.CreateDirectory(_folder.File("out"));
        File.WriteAllText(_folder.File("out/probed.jsonl"), "");
        try
        {
            Directory.CreateSymbolicLink(_folder.File("linked"), _folder.File("out"));
            File.CreateSymbolicLink(_folder.File("rows.jsonl"), _folder.File("linked/probed.jsonl"));
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            Skip.If(OperatingSystem.IsWindows(), "links need a privilege");
            throw;
        }
        var folder = new ProbeFolder(_folder.File("out"));
        folder.RequireApart(["-", _folder.File("out/responses.jsonl"), _folder.File("missing.jsonl")], ProbeFolder.ProbedFile);
        Assert.Contains("name another --out", Assert.Throws<SettingsException>(
            () => folder.RequireApart([_folder.File("missing.jsonl"), _folder.File(name)], ProbeFolder.ProbedFile)).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_folder_is_made_when_there_is_something_to_write()
    {
        var folder = new ProbeFolder(_folder.File("new"));
        Assert.False(Directory.Exists(folder.Directory));
        folder.Write("a.json", []);
        Assert.True(File.Exists(folder.At("a.json")));
    }
}
