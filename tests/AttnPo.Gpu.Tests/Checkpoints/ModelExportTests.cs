using System.Text.Json;
using AttnPo.Gpu.Checkpoints;
using Xunit;
using static TorchSharp.torch;

namespace AttnPo.Gpu.Tests.Checkpoints;

public sealed class ModelExportTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    public static TheoryData<string, ExportFormat, bool> Layouts
    {
        get
        {
            var layouts = new TheoryData<string, ExportFormat, bool>();
            foreach (var fixture in (string[])[StoredModel.Tied, StoredModel.Untied])
            {
                foreach (var format in (ExportFormat[])[ExportFormat.Float32, ExportFormat.BFloat16, ExportFormat.Float16])
                {
                    layouts.Add(fixture, format, false);
                    layouts.Add(fixture, format, true);
                }
            }
            return layouts;
        }
    }

    [Theory, MemberData(nameof(Layouts))]
    public void What_is_loaded_exported_and_loaded_again_has_the_same_bytes(string fixture, ExportFormat format, bool isSharded)
    {
        var loaded = StoredModel.Write(_folder, fixture, format, isSharded);
        var stored = _folder.New("stored");
        ModelExport.Write(loaded, stored, ExportFormat.Stored, isSharded ? long.MaxValue : StoredModel.ShardBytes);
        Assert.Equal(StoredModel.Tensors(loaded), StoredModel.Tensors(stored));
        Assert.Equal(File.ReadAllBytes(Path.Combine(loaded, "config.json")), File.ReadAllBytes(Path.Combine(stored, "config.json")));

        // Through a model in memory, as a run's checkpoint comes back to the type that it started from.
        using (var model = HuggingFaceModel.Load(loaded)) model.Save(_folder.New("checkpoint"));
        var configured = _folder.New("configured");
        ModelExport.Write(_folder.File("checkpoint"), configured, ExportFormat.Configured, long.MaxValue);
        Assert.Equal(StoredModel.Tensors(loaded), StoredModel.Tensors(configured));
    }

    [Theory]
    [InlineData(ExportFormat.BFloat16, "BF16", "bfloat16", ScalarType.BFloat16)]
    [InlineData(ExportFormat.Float16, "F16", "float16", ScalarType.Float16)]
    public void A_narrower_type_rounds_to_the_nearest_and_is_named_in_the_configuration(
        ExportFormat format, string type, string named, ScalarType scalar)
    {
        var folder = StoredModel.Write(_folder, StoredModel.Tied, format, isSharded: false);
        using var model = HuggingFaceModel.Load(ReferenceFixture.Folder(StoredModel.Tied));
        foreach (var (name, stored, bytes) in StoredModel.Tensors(folder))
        {
            using var expected = model.Decoder.Weights.Single(w => w.Name == name).Weight.detach().to(scalar);
            Assert.Equal(type, stored);
            Assert.Equal(Convert.ToHexString(expected.bytes), bytes);
        }
        Assert.Equal(named, Config(folder).GetProperty("torch_dtype").GetString());
    }

    [Fact]
    public void Tensors_of_several_types_keep_them_and_the_configuration_says_what_it_said()
    {
        var (mixed, stored) = (_folder.New("mixed"), _folder.New("stored"));
        var config = Path.Combine(ReferenceFixture.Folder(StoredModel.Tied), "config.json");
        File.Copy(config, Path.Combine(mixed, "config.json"));
        using (var model = HuggingFaceModel.Load(ReferenceFixture.Folder(StoredModel.Tied)))
        {
            SafetensorsWriter.Write(
                Path.Combine(mixed, "model.safetensors"),
                [.. model.Decoder.Weights.Select(w => new PlannedTensor(
                    w.Name, w.Weight.shape, w.Name.Contains("norm", StringComparison.Ordinal) ? ElementTypes.F32 : ElementTypes.BF16))],
                model.Decoder);
        }
        var summary = ModelExport.Write(mixed, stored, ExportFormat.Stored, long.MaxValue);
        Assert.Equal(["bfloat16", "float32"], summary.Types);
        Assert.Equal(StoredModel.Tensors(mixed), StoredModel.Tensors(stored));
        Assert.Equal(File.ReadAllBytes(config), File.ReadAllBytes(Path.Combine(stored, "config.json")));
    }

    [Fact]
    public void Shards_are_named_and_indexed_as_other_tools_expect()
    {
        var target = _folder.New("shards");
        var summary = ModelExport.Write(ReferenceFixture.Folder(StoredModel.Untied), target, ExportFormat.Float32, StoredModel.ShardBytes);
        var names = Enumerable.Range(1, summary.Files).Select(i => $"model-{i:D5}-of-{summary.Files:D5}.safetensors").ToArray();
        Assert.Equal(names, Directory.GetFiles(target, "*.safetensors").Select(Path.GetFileName).Order());
        using var index = JsonDocument.Parse(File.ReadAllText(Path.Combine(target, "model.safetensors.index.json")));
        Assert.Equal(summary.Bytes, index.RootElement.GetProperty("metadata").GetProperty("total_size").GetInt64());
        var map = index.RootElement.GetProperty("weight_map").EnumerateObject().ToDictionary(place => place.Name, place => place.Value.GetString());
        Assert.Equal(summary.Tensors, map.Count);
        foreach (var name in names)
        {
            using var shard = SafetensorsFile.Open(Path.Combine(target, name));
            Assert.Equal("pt", shard.Metadata["format"]);
            Assert.All(shard.Tensors.Keys, tensor => Assert.Equal(name, map[tensor]));
            Assert.True(shard.Tensors.Count == 1 || shard.Tensors.Values.Sum(tensor => tensor.End - tensor.Begin) <= StoredModel.ShardBytes);
        }
    }

    [Theory]
    [InlineData("""{"torch_dtype": "float32", "x": {"dtype": "float32"}}""", """{"torch_dtype": "bfloat16", "x": {"dtype": "float32"}}""")]
    [InlineData("""{ "a" : 1e5 , "dtype":"float16"}""", """{ "a" : 1e5 , "dtype":"bfloat16"}""")]
    [InlineData("""{"torch_dtype":null,"dtype":["odd"]}""", """{"torch_dtype":"bfloat16","dtype":"bfloat16"}""")]
    [InlineData("""{"torch_dtype":"bfloat16" }""", """{"torch_dtype":"bfloat16" }""")]
    [InlineData("""{"a":1}""", "{\n  \"torch_dtype\": \"bfloat16\",\"a\":1}")]
    public void A_configuration_stays_word_for_word_but_for_the_type(string before, string after) =>
        Assert.Equal(after, System.Text.Encoding.UTF8.GetString(ConfigDtype.Replace(System.Text.Encoding.UTF8.GetBytes(before), ElementTypes.BF16)));

    [Fact]
    public void A_configured_type_that_is_not_written_here_is_named()
    {
        var folder = StoredModel.Write(_folder, StoredModel.Tied, ExportFormat.Float32, isSharded: false);
        var config = Path.Combine(folder, "config.json");
        File.WriteAllBytes(config, ConfigDtype.Replace(File.ReadAllBytes(config), new ElementType("F8", 1, ScalarType.Int8, "float8_e4m3fn")));
        var error = Assert.Throws<InvalidDataException>(() => ModelExport.Write(folder, _folder.New("out"), ExportFormat.Configured, 1));
        Assert.Contains("config.json: torch_dtype is \"float8_e4m3fn\"; expected one of float32, bfloat16, float16", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Values_that_a_type_cannot_hold_are_refused_rather_than_made_infinite()
    {
        var folder = StoredModel.Write(_folder, StoredModel.Tied, ExportFormat.Float32, isSharded: false);
        StoredModel.Change(folder, w => w.Select(t => t.Name == "model.norm.weight" ? (t.Name, full([32], 70000f)) : t));
        var error = Assert.Throws<InvalidDataException>(() => ModelExport.Write(folder, _folder.New("half"), ExportFormat.Float16, long.MaxValue));
        Assert.Contains("tensor model.norm.weight holds values beyond the range of float16", error.Message, StringComparison.Ordinal);
        ModelExport.Write(folder, _folder.New("wide"), ExportFormat.BFloat16, long.MaxValue);
    }

    [Fact]
    public void An_export_overwrites_nothing_and_can_be_cancelled()
    {
        var folder = StoredModel.Write(_folder, StoredModel.Tied, ExportFormat.Float32, isSharded: false);
        Assert.Throws<IOException>(() => ModelExport.Write(folder, folder, ExportFormat.Float32, long.MaxValue));
        Assert.Throws<OperationCanceledException>(() =>
            ModelExport.Write(folder, _folder.New("out"), ExportFormat.Float32, long.MaxValue, new CancellationToken(canceled: true)));
    }

    [Fact]
    public void What_is_read_to_be_exported_is_freed() =>
        Assert.Equal(0, LiveTensors.Count(() => StoredModel.Write(_folder, StoredModel.Untied, ExportFormat.BFloat16, isSharded: true)));

    private static JsonElement Config(string folder) => JsonDocument.Parse(File.ReadAllText(Path.Combine(folder, "config.json"))).RootElement;
}
