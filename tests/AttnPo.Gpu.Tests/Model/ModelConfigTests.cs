using System.Text.Json.Nodes;
using AttnPo.Gpu.Checkpoints;
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
    [InlineData("architectures", """["MistralForCausalLM"]""", "not supported: architecture MistralForCausalLM")]
    [InlineData("rope_scaling", """{"type":"yarn"}""", "not supported: rope_scaling type yarn")]
    [InlineData("rope_parameters", """{"rope_type":"yarn"}""", "not supported: rope_parameters type yarn")]
    [InlineData("rope_scaling", """{"rope_type":"linear","factor":2}""", "not supported: rope_scaling type linear")]
    [InlineData("rope_scaling", """{"rope_type":"dynamic"}""", "not supported: rope_scaling type dynamic")]
    [InlineData("rope_scaling", """{"rope_type":"longrope"}""", "not supported: rope_scaling type longrope")]
    [InlineData("rope_scaling", """{"factor":2}""", "rope_scaling has no rope_type")]
    [InlineData("rope_scaling", "\"llama3\"", "rope_scaling is llama3; expected an object")]
    [InlineData("rope_scaling", """{"rope_type":"llama3"}""", "factor is missing")]
    [InlineData("rope_parameters", """{"full_attention":{"rope_theta":1}}""", "not supported: rope_parameters of their own for full_attention")]
    [InlineData("partial_rotary_factor", "0.5", "not supported: partial_rotary_factor 0.5")]
    [InlineData("quantization_config", """{"bits":4}""", "not supported: quantization_config")]
    [InlineData("mlp_bias", "true", "not supported: mlp_bias")]
    [InlineData("use_mrope", "true", "not supported: use_mrope")]
    [InlineData("layer_types", """["full_attention","linear_attention"]""", "not supported: layer_types linear_attention")]
    [InlineData("tie_word_embeddings", "\"yes\"", "tie_word_embeddings is yes; expected true or false")]
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
    [InlineData("""{"use_sliding_window":true,"sliding_window":1024,"max_window_layers":1}""",
        "sliding_window 1024 below max_position_embeddings 4096 (use_sliding_window is true, max_window_layers 1 of num_hidden_layers 2)")]
    [InlineData("""{"use_sliding_window":true,"sliding_window":1024,"layer_types":["full_attention","sliding_attention"]}""",
        "sliding_window 1024 below max_position_embeddings 4096 (use_sliding_window is true, layer_types has sliding_attention)")]
    [InlineData("""{"use_sliding_window":true,"max_position_embeddings":8192,"max_window_layers":0}""",
        "sliding_window 4096 below max_position_embeddings 8192 (use_sliding_window is true, max_window_layers 0")]
    [InlineData("""{"architectures":["LlamaForCausalLM"],"sliding_window":512}""", "sliding_window 512 below max_position_embeddings 4096")]
    public void A_window_that_hides_positions_is_refused(string changes, string message)
    {
        var error = Assert.Throws<InvalidDataException>(() => Read(json => Merge(json, changes)));
        Assert.StartsWith($"{_folder.File("config.json")}: not supported: {message}", error.Message);
    }

    [Theory]
    [InlineData("""{"use_sliding_window":false,"sliding_window":1024,"max_window_layers":1}""")]
    [InlineData("""{"use_sliding_window":true,"sliding_window":4096,"max_window_layers":0}""")]
    [InlineData("""{"use_sliding_window":true,"sliding_window":1024,"max_window_layers":2}""")]
    [InlineData("""{"use_sliding_window":true,"sliding_window":1024,"max_window_layers":0,"layer_types":["full_attention","full_attention"]}""")]
    [InlineData("""{"architectures":["LlamaForCausalLM"],"sliding_window":4096}""")]
    public void A_window_that_hides_nothing_is_taken(string changes) =>
        Assert.Equal(4096, Read(json => Merge(json, changes)).MaxPositions);

    [Theory, Trait("Contract", "C9")]
    [InlineData("factor", 0.5, "factor is 0.5; expected a number from 1 to 1048576")]
    [InlineData("factor", double.MaxValue, "expected a number from 1 to")]
    [InlineData("low_freq_factor", 0.0, "low_freq_factor is 0 and high_freq_factor 4")]
    [InlineData("low_freq_factor", 4.0, "low_freq_factor is 4 and high_freq_factor 4")]
    [InlineData("original_max_position_embeddings", 0.0, "original_max_position_embeddings is 0")]
    [InlineData("original_max_position_embeddings", 1e300, "original_max_position_embeddings is")]
    public void Scalings_that_make_no_sense_are_refused(string key, double value, string message)
    {
        var error = Assert.Throws<InvalidDataException>(() => Read(json =>
        {
            Merge(json, """{"rope_scaling":{"rope_type":"llama3","factor":8,"low_freq_factor":1,"high_freq_factor":4}}""");
            json["rope_scaling"]!["original_max_position_embeddings"] = 64;
            json["rope_scaling"]![key] = value;
        }));
        Assert.Contains(message, error.Message);
    }

    [Fact]
    public void Scalings_stated_twice_must_agree()
    {
        const string One = """{"rope_type":"llama3","factor":8,"low_freq_factor":1,"high_freq_factor":4,"original_max_position_embeddings":64}""";
        Assert.Equal(8, Read(json => Merge(json, $$$"""{"rope_scaling":{{{One}}},"rope_parameters":{{{One}}} }""")).RopeScaling!.Factor);
        var error = Assert.Throws<InvalidDataException>(
            () => Read(json => Merge(json, $$$"""{"rope_scaling":{{{One}}},"rope_parameters":{"rope_type":"default"}}""")));
        Assert.EndsWith("rope_scaling and rope_parameters disagree", error.Message);
    }

    [Fact]
    public void A_model_type_alone_names_the_architecture()
    {
        var config = Read(json =>
        {
            json.Remove("architectures");
            Merge(json, """{"model_type":"qwen3","attention_bias":true}""");
        });
        // A head size that is not stated is 128 in this family, whatever the hidden size.
        Assert.Equal((Architecture.Qwen3, true, 128), (config.Architecture, config.AttentionBias, config.HeadSize));
    }

    [Theory, Trait("Contract", "C9")]
    [InlineData("max_position_embeddings", 2147483647, "max_position_embeddings is 2147483647; expected a positive whole number up to 16777216")]
    [InlineData("num_hidden_layers", 100000, "num_hidden_layers is 100000")]
    [InlineData("vocab_size", 2000000000, "vocab_size is 2000000000")]
    [InlineData("hidden_size", 1073741824, "hidden_size is 1073741824")]
    [InlineData("intermediate_size", 2147483647, "intermediate_size is 2147483647")]
    [InlineData("num_attention_heads", 2147483646, "num_attention_heads is 2147483646")]
    [InlineData("head_dim", 1073741824, "head_dim is 1073741824")]
    public void Sizes_of_no_model_are_refused_before_anything_is_computed_from_them(string key, int value, string message)
    {
        var error = Assert.Throws<InvalidDataException>(() => Read(json =>
        {
            json["head_dim"] = 8;
            json[key] = value;
        }));
        Assert.Contains(message, error.Message);
    }

    [Fact, Trait("Contract", "C9")]
    public void Sizes_that_are_each_possible_but_not_together_are_refused()
    {
        var error = Assert.Throws<InvalidDataException>(() => Read(json =>
        {
            foreach (var key in new[] { "num_attention_heads", "num_key_value_heads", "head_dim" }) json[key] = 4096;
        }));
        Assert.Contains("num_attention_heads x head_dim is 16777216", error.Message);
        error = Assert.Throws<InvalidDataException>(() => Read(json =>
        {
            (json["num_hidden_layers"], json["num_key_value_heads"], json["head_dim"]) = (4096, 8, 4096);
        }));
        Assert.Contains("num_hidden_layers x num_key_value_heads x head_dim is 134217728", error.Message);
    }

    [Fact, Trait("Contract", "C9")]
    public void A_file_larger_than_any_configuration_is_refused_by_both_readers()
    {
        File.WriteAllText(_folder.File("config.json"), new string(' ', (1 << 20) + 1));
        foreach (var read in (Action[])[() => ModelConfig.Load(_folder.Path), () => HuggingFaceModel.Load(_folder.Path)])
            Assert.StartsWith(_folder.File("config.json") + ": longer than", Assert.Throws<InvalidDataException>(read).Message);
    }

    [Theory, Trait("Contract", "C9")]
    [InlineData("{\"architectures\":[\"\\ud800\"]}")]
    [InlineData("{\"\\ud800\":1,\"architectures\":[\"Qwen2ForCausalLM\"]}")]
    [InlineData("[]")]
    [InlineData("")]
    public void Hostile_text_is_refused_with_the_files_name(string text)
    {
        File.WriteAllText(_folder.File("config.json"), text);
        Assert.StartsWith(_folder.File("config.json"), Assert.Throws<InvalidDataException>(() => ModelConfig.Load(_folder.Path)).Message);
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

    private static void Merge(JsonObject json, string changes)
    {
        foreach (var (key, value) in JsonNode.Parse(changes)!.AsObject()) json[key] = value?.DeepClone();
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
