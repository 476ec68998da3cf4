using AttnPo.Gpu.Checkpoints;
using AttnPo.Tests;
using Xunit;

namespace AttnPo.Gpu.Tests.Checkpoints;

/// <summary>Files of a model folder that are missing, cut short or no files cost a message that says what to do.</summary>
[Trait("Contract", "C9")]
public sealed class OddFileTests : IDisposable
{
    private const string Weights = "model.safetensors", Index = "model.safetensors.index.json";

    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    public static TheoryData<string, string> Readers()
    {
        var data = new TheoryData<string, string>();
        foreach (var file in (string[])["config.json", Weights, Index])
            foreach (var kind in OddFile.Kinds) data.Add(file, kind);
        return data;
    }

    [Theory]
    [MemberData(nameof(Readers))]
    public void What_is_no_plain_file_is_refused_by_its_name_before_it_is_opened(string file, string kind)
    {
        if (!OperatingSystem.IsLinux()) return;
        var folder = StoredModel.Write(_folder, StoredModel.Tied, ExportFormat.Float32, isSharded: file == Index);
        OddFile.Put(kind, Path.Combine(folder, file));
        Assert.Equal($"{Path.Combine(folder, file)}: is empty or no plain file.", Refusal(folder));
    }

    [Fact]
    public void A_shard_that_is_a_pipe_is_refused()
    {
        if (!OperatingSystem.IsLinux()) return;
        var folder = StoredModel.Write(_folder, StoredModel.Tied, ExportFormat.Float32, isSharded: true);
        var shard = Directory.GetFiles(folder, "model-*.safetensors").Order(StringComparer.Ordinal).First();
        OddFile.Put("pipe", shard);
        Assert.Equal($"{shard}: is empty or no plain file.", Refusal(folder));
    }

    [Fact]
    public void A_link_to_itself_is_refused()
    {
        if (!OperatingSystem.IsLinux()) return;
        OddFile.Put("link to itself", _folder.File("loop"));
        var fault = Assert.Throws<InvalidDataException>(() => SafetensorsFile.Open(_folder.File("loop")));
        Assert.StartsWith(_folder.File("loop"), fault.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Files_behind_links_are_read_as_the_files_themselves()
    {
        if (!OperatingSystem.IsLinux()) return;
        var folder = StoredModel.Write(_folder, StoredModel.Tied, ExportFormat.Float32, isSharded: false);
        var expected = StoredModel.Values(folder);
        foreach (var name in (string[])["config.json", Weights]) OddFile.ReplaceByLinks(Path.Combine(folder, name));
        Assert.Equal(expected, StoredModel.Values(folder));
    }

    [Fact]
    public void A_folder_without_weights_says_which_files_are_looked_for()
    {
        var folder = StoredModel.Write(_folder, StoredModel.Tied, ExportFormat.Float32, isSharded: false);
        File.Delete(Path.Combine(folder, Weights));
        Assert.Equal($"{folder}: holds no weights: neither {Weights} nor {Index} is there; pytorch_model.bin is not read", Refusal(folder));
    }

    [Fact]
    public void A_folder_without_a_configuration_is_no_model_folder() =>
        Assert.Equal($"{_folder.Path}: is no Hugging Face model folder (config.json is missing)", Refusal(_folder.Path));

    [Fact]
    public void A_pointer_of_git_lfs_is_told_from_weights()
    {
        var folder = StoredModel.Write(_folder, StoredModel.Tied, ExportFormat.Float32, isSharded: false);
        var weights = Path.Combine(folder, Weights);
        File.WriteAllText(weights, "version https://git-lfs.github.com/spec/v1\noid sha256:0\nsize 988097824\n");
        Assert.Equal($"{weights}: is a git-lfs pointer, not the file itself; git lfs pull fetches the file.", Refusal(folder));
    }

    [Theory]
    [InlineData(20)]
    [InlineData(-1)]
    public void Weights_that_were_cut_short_are_to_be_fetched_again(int kept)
    {
        var folder = StoredModel.Write(_folder, StoredModel.Tied, ExportFormat.Float32, isSharded: false);
        using (var file = File.OpenWrite(Path.Combine(folder, Weights))) file.SetLength(kept < 0 ? file.Length + kept : kept);
        Assert.EndsWith("; the file is damaged or cut short; fetch it again", Refusal(folder), StringComparison.Ordinal);
    }

    private static string Refusal(string folder) =>
        Assert.Throws<InvalidDataException>(() => HuggingFaceModel.Load(folder).Dispose()).Message;
}
