using AttnPo.Gpu.Model;
using Xunit;

namespace AttnPo.Gpu.Tests.Model;

/// <summary>Configurations as they are published with models.</summary>
public sealed class PublishedConfigTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    [Fact]
    public void Qwen2_of_half_a_billion_states_a_window_that_it_does_not_use() =>
        Equal(
            new ModelConfig(896, 4864, 24, 14, 2, 64, 151936, 32768, 1e-6, 1e6, TiedHead: true),
            """
            {
              "architectures": ["Qwen2ForCausalLM"], "attention_dropout": 0.0, "bos_token_id": 151643, "eos_token_id": 151643,
              "hidden_act": "silu", "hidden_size": 896, "initializer_range": 0.02, "intermediate_size": 4864,
              "max_position_embeddings": 32768, "max_window_layers": 24, "model_type": "qwen2", "num_attention_heads": 14,
              "num_hidden_layers": 24, "num_key_value_heads": 2, "rms_norm_eps": 1e-06, "rope_theta": 1000000.0,
              "sliding_window": 32768, "tie_word_embeddings": true, "torch_dtype": "bfloat16", "transformers_version": "4.40.1",
              "use_cache": true, "use_mrope": false, "use_sliding_window": false, "vocab_size": 151936
            }
            """);

    [Fact]
    public void Qwen2_of_seven_billion_has_a_head_of_its_own() =>
        Equal(
            new ModelConfig(3584, 18944, 28, 28, 4, 128, 152064, 131072, 1e-6, 1e6, TiedHead: false),
            """
            {
              "architectures": ["Qwen2ForCausalLM"], "attention_dropout": 0.0, "bos_token_id": 151643, "eos_token_id": 151643,
              "hidden_act": "silu", "hidden_size": 3584, "initializer_range": 0.02, "intermediate_size": 18944,
              "max_position_embeddings": 131072, "max_window_layers": 28, "model_type": "qwen2", "num_attention_heads": 28,
              "num_hidden_layers": 28, "num_key_value_heads": 4, "rms_norm_eps": 1e-06, "rope_theta": 1000000.0,
              "sliding_window": 131072, "tie_word_embeddings": false, "torch_dtype": "bfloat16", "transformers_version": "4.40.1",
              "use_cache": true, "use_mrope": false, "use_sliding_window": false, "vocab_size": 152064
            }
            """);

    [Fact]
    public void A_distilled_Qwen2_states_windows_of_some_layers_that_it_does_not_use() =>
        Equal(
            new ModelConfig(1536, 8960, 28, 12, 2, 128, 151936, 131072, 1e-6, 10000, TiedHead: false),
            """
            {
              "architectures": ["Qwen2ForCausalLM"], "attention_dropout": 0.0, "bos_token_id": 151643, "eos_token_id": 151643,
              "hidden_act": "silu", "hidden_size": 1536, "initializer_range": 0.02, "intermediate_size": 8960,
              "max_position_embeddings": 131072, "max_window_layers": 21, "model_type": "qwen2", "num_attention_heads": 12,
              "num_hidden_layers": 28, "num_key_value_heads": 2, "rms_norm_eps": 1e-06, "rope_theta": 10000,
              "sliding_window": 4096, "tie_word_embeddings": false, "torch_dtype": "bfloat16", "transformers_version": "4.44.0",
              "use_cache": true, "use_mrope": false, "use_sliding_window": false, "vocab_size": 151936
            }
            """);

    [Fact]
    public void A_distilled_Llama_scales_its_frequencies() =>
        Equal(
            new ModelConfig(4096, 14336, 32, 32, 8, 128, 128256, 131072, 1e-5, 5e5, TiedHead: false)
            {
                Architecture = Architecture.Llama,
                RopeScaling = new RopeScaling(8, 1, 4, 8192),
            },
            """
            {
              "architectures": ["LlamaForCausalLM"], "attention_bias": false, "attention_dropout": 0.0, "bos_token_id": 128000,
              "eos_token_id": 128001, "hidden_act": "silu", "hidden_size": 4096, "initializer_range": 0.02,
              "intermediate_size": 14336, "max_position_embeddings": 131072, "mlp_bias": false, "model_type": "llama",
              "num_attention_heads": 32, "num_hidden_layers": 32, "num_key_value_heads": 8, "pretraining_tp": 1,
              "rms_norm_eps": 1e-05,
              "rope_scaling": {
                "factor": 8.0, "high_freq_factor": 4.0, "low_freq_factor": 1.0, "original_max_position_embeddings": 8192,
                "rope_type": "llama3"
              },
              "rope_theta": 500000.0, "tie_word_embeddings": false, "torch_dtype": "bfloat16", "transformers_version": "4.43.0.dev0",
              "use_cache": true, "vocab_size": 128256
            }
            """);

    [Fact]
    public void Qwen3_has_heads_wider_than_their_share_of_the_hidden_size() =>
        Equal(
            new ModelConfig(1024, 3072, 28, 16, 8, 128, 151936, 40960, 1e-6, 1e6, TiedHead: true) { Architecture = Architecture.Qwen3 },
            """
            {
              "architectures": ["Qwen3ForCausalLM"], "attention_bias": false, "attention_dropout": 0.0, "bos_token_id": 151643,
              "eos_token_id": 151645, "head_dim": 128, "hidden_act": "silu", "hidden_size": 1024, "initializer_range": 0.02,
              "intermediate_size": 3072, "max_position_embeddings": 40960, "max_window_layers": 28, "model_type": "qwen3",
              "num_attention_heads": 16, "num_hidden_layers": 28, "num_key_value_heads": 8, "rms_norm_eps": 1e-06,
              "rope_scaling": null, "rope_theta": 1000000, "sliding_window": null, "tie_word_embeddings": true,
              "torch_dtype": "bfloat16", "transformers_version": "4.51.0", "use_cache": true, "use_sliding_window": false,
              "vocab_size": 151936
            }
            """);

    [Fact]
    public void Newer_files_name_the_kind_of_each_layer_and_keep_the_rotary_keys_together() =>
        Equal(
            new ModelConfig(64, 96, 2, 4, 2, 16, 128, 2048, 1e-6, 5e5, TiedHead: true)
            {
                Architecture = Architecture.Llama,
                RopeScaling = new RopeScaling(32, 1, 4, 256),
            },
            """
            {
              "architectures": ["LlamaForCausalLM"], "dtype": "bfloat16", "head_dim": 16, "hidden_act": "silu", "hidden_size": 64,
              "intermediate_size": 96, "layer_types": ["full_attention", "full_attention"], "max_position_embeddings": 2048,
              "mlp_bias": false, "model_type": "llama", "num_attention_heads": 4, "num_hidden_layers": 2, "num_key_value_heads": 2,
              "rms_norm_eps": 1e-06,
              "rope_parameters": {
                "factor": 32.0, "high_freq_factor": 4.0, "low_freq_factor": 1.0, "original_max_position_embeddings": 256,
                "rope_theta": 500000.0, "rope_type": "llama3"
              },
              "tie_word_embeddings": true, "vocab_size": 128
            }
            """);

    // What is read is also what is written and read again.
    private void Equal(ModelConfig expected, string json)
    {
        foreach (var text in new[] { json, expected.ToJson() })
        {
            File.WriteAllText(_folder.File("config.json"), text);
            Assert.Equal(expected, ModelConfig.Load(_folder.Path));
        }
    }

    /// <inheritdoc/>
    public void Dispose() => _folder.Dispose();
}
