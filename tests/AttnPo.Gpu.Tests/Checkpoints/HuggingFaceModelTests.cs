using AttnPo.Gpu.Checkpoints;
using AttnPo.Gpu.Model;
using Xunit;
using static TorchSharp.torch;

namespace AttnPo.Gpu.Tests.Checkpoints;

public sealed class HuggingFaceModelTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    [Theory]
    [InlineData("one-query-head-a-key")]
    [InlineData("two-query-heads-a-key-untied")]
    public void A_saved_model_is_the_loaded_one_and_its_configuration_word_for_word(string name)
    {
        using var loaded = HuggingFaceModel.Load(ReferenceFixture.Folder(name));
        loaded.Save(_folder.Path);
        using var again = HuggingFaceModel.Load(_folder.Path);
        Assert.Equal(loaded.Decoder.Values(), again.Decoder.Values());
        Assert.Equal(File.ReadAllBytes(Path.Combine(ReferenceFixture.Folder(name), "config.json")), File.ReadAllBytes(_folder.File("config.json")));
    }

    [Fact]
    public void A_model_from_nothing_is_saved_with_a_configuration_that_reads_back()
    {
        var config = new ModelConfig(16, 24, 2, 4, 2, 6, 32, 64, 1e-5, 50000, TiedHead: false);
        using var decoder = Decoder.Random(config, 1);
        HuggingFaceModel.Of(decoder).Save(_folder.Path);
        Assert.Equal(config, ModelConfig.Load(_folder.Path));
        using var again = HuggingFaceModel.Load(_folder.Path);
        Assert.Equal(decoder.Values(), again.Decoder.Values());
    }

    [Fact, Trait("Contract", "C9")]
    public void A_missing_tensor_is_named_with_what_was_expected() =>
        Refused(w => w.Where(t => t.Name != "model.layers.1.mlp.up_proj.weight"), "tensor model.layers.1.mlp.up_proj.weight is missing; expected shape [48, 32]");

    [Fact, Trait("Contract", "C9")]
    public void An_extra_tensor_is_named() =>
        Refused(w => w.Append(("model.layers.9.bias", zeros([2]))), "tensor model.layers.9.bias is not part of the model");

    [Fact, Trait("Contract", "C9")]
    public void A_misshapen_tensor_is_named_with_expected_and_found() =>
        Refused(
            w => w.Select(t => t.Name == "model.norm.weight" ? (t.Name, zeros([33])) : t),
            "tensor model.norm.weight has shape [33]; expected [32]");

    [Fact]
    public void A_tied_model_may_store_its_head_twice()
    {
        Rewritten(w => w.Append(("lm_head.weight", zeros([64, 32]))));
        using var model = HuggingFaceModel.Load(_folder.Path);
        Assert.True(model.Decoder.Config.TiedHead);
    }

    private void Refused(Func<IEnumerable<(string Name, Tensor Value)>, IEnumerable<(string, Tensor)>> change, string message)
    {
        Rewritten(change);
        var error = Assert.Throws<InvalidDataException>(() => HuggingFaceModel.Load(_folder.Path));
        Assert.StartsWith(_folder.File("model.safetensors"), error.Message);
        Assert.Contains(message, error.Message);
    }

    private void Rewritten(Func<IEnumerable<(string Name, Tensor Value)>, IEnumerable<(string, Tensor)>> change)
    {
        using var scope = NewDisposeScope();
        using var model = HuggingFaceModel.Load(ReferenceFixture.Folder("one-query-head-a-key"));
        File.WriteAllText(_folder.File("config.json"), model.Decoder.Config.ToJson());
        SafetensorsWriter.Write(_folder.File("model.safetensors"), [.. change(model.Decoder.Weights.Select(w => (w.Name, (Tensor)w.Weight)))]);
    }

    public void Dispose() => _folder.Dispose();
}
