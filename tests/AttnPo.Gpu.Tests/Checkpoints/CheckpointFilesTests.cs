using AttnPo.Gpu.Checkpoints;
using AttnPo.Gpu.Model;
using Xunit;
using static TorchSharp.torch;

namespace AttnPo.Gpu.Tests.Checkpoints;

public sealed class CheckpointFilesTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData(StoredModel.Tied, ExportFormat.Float32)]
    [InlineData(StoredModel.Untied, ExportFormat.Float32)]
    [InlineData(StoredModel.Tied, ExportFormat.BFloat16)]
    [InlineData(StoredModel.Untied, ExportFormat.Float16)]
    public void Shards_load_as_the_single_file_does_bit_for_bit(string fixture, ExportFormat format)
    {
        var single = StoredModel.Write(_folder, fixture, format, isSharded: false);
        var shards = StoredModel.Write(_folder, fixture, format, isSharded: true);
        Assert.True(Directory.GetFiles(shards, "model-*.safetensors").Length > 2);
        Assert.False(File.Exists(Path.Combine(shards, "model.safetensors")));
        Assert.Equal(StoredModel.Values(single), StoredModel.Values(shards));
    }

    [Fact]
    public void Where_there_are_both_the_single_file_counts()
    {
        var shards = StoredModel.Write(_folder, StoredModel.Tied, ExportFormat.Float32, isSharded: true);
        File.Copy(Path.Combine(ReferenceFixture.Folder(StoredModel.Tied), "model.safetensors"), Path.Combine(shards, "model.safetensors"));
        File.WriteAllText(Path.Combine(shards, "model.safetensors.index.json"), "of another time");
        Assert.Equal(StoredModel.Values(ReferenceFixture.Folder(StoredModel.Tied)), StoredModel.Values(shards));
    }

    [Fact]
    public void A_generator_takes_its_weights_straight_from_the_files()
    {
        var prompt = new GenerationRequest(3, 0, [new GenerationPrompt(0, [1, 17, 42, 5])], 2, new SamplingSettings(24, 1, 1, 0, []));
        var shards = StoredModel.Write(_folder, StoredModel.Untied, ExportFormat.Float32, isSharded: true);
        using var model = HuggingFaceModel.Load(ReferenceFixture.Folder(StoredModel.Untied));
        using var store = new PolicyStore(1);
        store.Publish(0, model.Decoder);
        using var published = new AttnPo.Gpu.Generation.Generator(store, model.Decoder.Config);
        published.LoadPolicy(0);
        using var loaded = AttnPo.Gpu.Generation.Generator.Load(shards, model.Decoder.Config);
        foreach (var (expected, actual) in published.Generate(prompt).Zip(loaded.Generate(prompt)))
        {
            Assert.Equal(expected.Tokens, actual.Tokens);
            Assert.Equal(expected.LogProbs, actual.LogProbs);
        }
        Assert.Equal(0, loaded.PolicyVersion);
        Assert.Contains("policy version 1 is not held", Assert.Throws<InvalidOperationException>(() => loaded.LoadPolicy(1)).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void What_is_lent_lies_in_one_piece_of_memory_and_is_freed()
    {
        var folder = ReferenceFixture.Folder(StoredModel.Tied);
        Assert.Equal(0, LiveTensors.Count(() =>
        {
            using var files = CheckpointFiles.Open(folder, ModelConfig.Load(folder));
            files.Read(WeightShapes.Embedding, tensor => Assert.Equal([64, 32], tensor.shape));
            Assert.Equal(0, LiveTensors.Count(() => files.Read("model.norm.weight", tensor => Assert.Equal([32], tensor.shape))));
        }));
    }

    [Fact]
    public void Rotary_frequencies_that_older_tools_store_are_passed_over()
    {
        var folder = StoredModel.Write(_folder, StoredModel.Tied, ExportFormat.Float32, isSharded: false);
        var before = StoredModel.Values(folder);
        StoredModel.Change(folder, w => w.Append(("model.layers.1.self_attn.rotary_emb.inv_freq", ones([4]))));
        Assert.Equal(before, StoredModel.Values(folder));
    }

    [Fact, Trait("Contract", "C9")]
    public void A_second_head_of_a_tied_model_must_have_its_shape()
    {
        var folder = StoredModel.Write(_folder, StoredModel.Tied, ExportFormat.Float32, isSharded: false);
        StoredModel.Change(folder, w => w.Append(("lm_head.weight", ones([2]))));
        Refused(folder, "model.safetensors", "tensor lm_head.weight has shape [2]; expected [64, 32]");
    }

    [Fact, Trait("Contract", "C9")]
    public void A_file_that_is_shortened_after_it_was_opened_is_named()
    {
        var folder = StoredModel.Write(_folder, StoredModel.Tied, ExportFormat.Float32, isSharded: false);
        using var files = CheckpointFiles.Open(folder, ModelConfig.Load(folder));
        var path = Path.Combine(folder, "model.safetensors");
        // The system's own call: it heeds no lock.
        using (var cut = new System.Diagnostics.Process { StartInfo = new("truncate", ["-s", "4096", path]) })
        {
            try
            {
                cut.Start();
            }
            catch (System.ComponentModel.Win32Exception)
            {
                return;
            }
            cut.WaitForExit();
        }
        var error = Assert.Throws<InvalidDataException>(() => files.Read("model.norm.weight", _ => { }));
        Assert.StartsWith($"{path}: ends at byte", error.Message, StringComparison.Ordinal);
    }

    [Theory, Trait("Contract", "C9")]
    [InlineData("../model-00001-of-00002.safetensors")]
    [InlineData("/etc/model.safetensors")]
    [InlineData("sub/model.safetensors")]
    [InlineData(@"sub\\model.safetensors")]
    [InlineData("C:model.safetensors")]
    [InlineData(".safetensors")]
    [InlineData("..safetensors")]
    [InlineData("pytorch_model.bin")]
    [InlineData("model.safetensors\\n")]
    [InlineData("")]
    public void A_shard_outside_the_folder_or_of_another_kind_is_refused(string name) =>
        Refused(IndexOf("{\"weight_map\":{\"model.norm.weight\":\"" + name + "\"}}"), "index.json", "expected the plain name of a .safetensors file");

    [Theory, Trait("Contract", "C9")]
    [InlineData("""[]""", "the index is not a JSON object")]
    [InlineData("""{}""", "weight_map is missing")]
    [InlineData("""{"weight_map":3}""", "weight_map is not an object")]
    [InlineData("""{"weight_map":{},"weight_map":{}}""", "weight_map is there twice")]
    [InlineData("""{"weight_map":{"a":7}}""", "tensor a is in 7; expected the plain name")]
    [InlineData("""{"weight_map":{"a":"x.safetensors","a":"x.safetensors"}}""", "tensor a is listed twice")]
    [InlineData("""{"weight_map":{"a":"x.safetensors"}}""", "names x.safetensors, which is missing")]
    [InlineData("""{"weight_map":{}}""", "tensor model.embed_tokens.weight is missing; expected shape [64, 32]")]
    [InlineData("""{"weight_map":{}} {}""", "the index is not JSON")]
    [InlineData("""{"weight_map":{"a":""", "the index is not JSON")]
    public void An_index_that_cannot_be_meant_is_refused(string json, string message) => Refused(IndexOf(json), "index.json", message);

    [Fact, Trait("Contract", "C9")]
    public void An_index_and_its_shards_must_agree()
    {
        var folder = StoredModel.Write(_folder, StoredModel.Tied, ExportFormat.Float32, isSharded: true);
        var index = Path.Combine(folder, "model.safetensors.index.json");
        var text = File.ReadAllText(index);
        var (first, last) = ("model-00001-of-", text.Split('"').Last(word => word.EndsWith(".safetensors", StringComparison.Ordinal)));
        var norm = $"    \"model.norm.weight\": \"{last}\"";
        Assert.Contains(norm, text, StringComparison.Ordinal);
        var other = text.Split('"').First(word => word.StartsWith(first, StringComparison.Ordinal));

        File.WriteAllText(index, text.Replace(norm, norm.Replace(last, other, StringComparison.Ordinal), StringComparison.Ordinal));
        Refused(folder, last, $"tensor model.norm.weight is here; expected in {other}");
        File.WriteAllText(index, text.Replace(norm, norm.Replace("norm", "form", StringComparison.Ordinal), StringComparison.Ordinal));
        Refused(folder, last, "tensor model.norm.weight is not in model.safetensors.index.json");
        File.WriteAllText(index, text.Replace(norm, $"{norm},\n\"model.form.weight\": \"{last}\"", StringComparison.Ordinal));
        Refused(folder, last, "tensor model.form.weight is missing; model.safetensors.index.json has it here");
        File.WriteAllText(index, text);
        File.Copy(Path.Combine(folder, last), Path.Combine(folder, other), overwrite: true);
        Refused(folder, other, $"is here; expected in {last}");
        File.Delete(Path.Combine(folder, other));
        Refused(folder, "index.json", $"names {other}, which is missing");
    }

    [Fact, Trait("Contract", "C9")]
    public void An_index_of_more_files_than_any_model_has_is_refused()
    {
        var map = string.Join(',', Enumerable.Range(0, 2000).Select(i => $"\"t{i}\":\"{i}.safetensors\""));
        Refused(IndexOf("{\"weight_map\":{" + map + "}}"), "index.json", "names more than 1024 files");
    }

    private string IndexOf(string json)
    {
        File.Copy(Path.Combine(ReferenceFixture.Folder(StoredModel.Tied), "config.json"), _folder.File("config.json"));
        File.WriteAllText(_folder.File("model.safetensors.index.json"), json);
        return _folder.Path;
    }

    private static void Refused(string folder, string file, string message)
    {
        var error = Assert.Throws<InvalidDataException>(() => HuggingFaceModel.Load(folder));
        Assert.StartsWith(folder, error.Message, StringComparison.Ordinal);
        Assert.Contains(file, error.Message, StringComparison.Ordinal);
        Assert.Contains(message, error.Message, StringComparison.Ordinal);
    }
}
