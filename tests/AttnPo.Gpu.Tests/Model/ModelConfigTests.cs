using System.Text.Json.Nodes;
using AttnPo.Gpu.Model;
using Xunit;

namespace AttnPo.Gpu.Tests.Model;

public sealed class ModelConfigTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    [Fact]
    public void Keys_of_a_Qwen2_folder_are_read()
    {
        var config = Read(_ => { });
        Assert.Equal(new ModelConfig(64, 96, 2, 8, 2, 8, 128, 4096, 1e-6, 10000, TiedHead: true), config);
        Assert.Equal(4, config.HeadsPerKeyValue);
    }

    [Fact]
    public void Absent_optional_keys_take_the_architectures_values()
    {
        var config = Read(json =>
        {
            foreach (var key in new[] { "num_key_value_heads", "rms_norm_eps", "rope_theta", "tie_word_embeddings" }) json.Remove(key);
        });
        Assert.Equal((8, 1e-6, 10000.0, false), (config.KeyValueHeads, config.RmsNormEpsilon, config.RopeTheta, config.TiedHead));
    }

    [Fact]
    public void The_base_of_the_frequencies_may_stand_in_an_object_of_its_own() =>
        Assert.Equal(5e5, Read(json => json["rope_parameters"] = new JsonObject { ["rope_theta"] = 5e5, ["rope_type"] = "default" }).RopeTheta);

    [Theory]
    [InlineData("architectures", """["LlamaForCausalLM"]""", "not supported: architecture LlamaForCausalLM")]
    [InlineData("rope_scaling", """{"type":"yarn"}""", "not supported: rope_scaling")]
    [InlineData("rope_parameters", """{"rope_type":"yarn"}""", "not supported: rope_type yarn")]
    [InlineData("use_sliding_window", "true", "not supported: use_sliding_window")]
    [InlineData("hidden_act", "\"gelu\"", "not supported: hidden_act gelu")]
    [InlineData("hidden_size", "\"wide\"", "hidden_size is wide; expected a whole number")]
    [InlineData("hidden_size", "63", "hidden_size (63) is not a multiple of num_attention_heads (8)")]
    [InlineData("num_hidden_layers", "0", "num_hidden_layers is 0")]
    [InlineData("num_key_value_heads", "3", "num_attention_heads (8) is not a multiple of num_key_value_heads (3)")]
    [InlineData("head_dim", "7", "head_dim (7) is odd")]
    [InlineData("vocab_size", "-5", "vocab_size is -5")]
    [InlineData("rms_norm_eps", "0", "rms_norm_eps is 0")]
    [InlineData("rope_theta", "\"x\"", "rope_theta is x; expected a number")]
    public void What_the_decoder_would_compute_wrongly_is_refused_with_file_and_key(string key, string value, string message)
    {
        var error = Assert.Throws<InvalidDataException>(() => Read(json => json[key] = JsonNode.Parse(value)));
        Assert.StartsWith(_folder.File("config.json"), error.Message);
        Assert.Contains(message, error.Message);
    }

    [Theory]
    [InlineData("hidden_size")]
    [InlineData("vocab_size")]
    [InlineData("num_hidden_layers")]
    public void A_missing_key_is_named(string key)
    {
        var error = Assert.Throws<InvalidDataException>(() => Read(json => json.Remove(key)));
        Assert.EndsWith($"{key} is missing", error.Message);
    }

    [Fact]
    public void A_file_that_is_not_JSON_is_refused_by_name()
    {
        File.WriteAllText(_folder.File("config.json"), "{");
        var error = Assert.Throws<InvalidDataException>(() => ModelConfig.Load(_folder.Path));
        Assert.Contains("config.json: not JSON", error.Message);
    }

    private ModelConfig Read(Action<JsonObject> change)
    {
        var json = JsonNode.Parse(File.ReadAllText(Path.Combine(ReferenceFixture.Folder("four-query-heads-a-key"), "config.json")))!.AsObject();
        change(json);
        File.WriteAllText(_folder.File("config.json"), json.ToJsonString());
        return ModelConfig.Load(_folder.Path);
    }

    public void Dispose() => _folder.Dispose();
}
