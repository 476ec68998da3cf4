namespace AttnPo.Gpu.Model;

/// <summary>Names and shapes of a checkpoint's tensors, known from the configuration before any memory is given.</summary>
internal static class WeightShapes
{
    public const string Embedding = "model.embed_tokens.weight";
    public const string Head = "lm_head.weight";

    /// <summary>In the order in which the decoder registers them. Lazy: a checkpoint that lacks one is refused at the first.</summary>
    public static IEnumerable<(string Name, long[] Shape)> Of(ModelConfig config)
    {
        long hidden = config.HiddenSize, inner = config.IntermediateSize;
        long queries = (long)config.Heads * config.HeadSize, keys = (long)config.KeyValueHeads * config.HeadSize;

        yield return (Embedding, [config.VocabularySize, hidden]);
        for (var layer = 0; layer < config.Layers; layer++)
        {
            var prefix = $"model.layers.{layer}.";
            yield return (prefix + "input_layernorm.weight", [hidden]);
            yield return (prefix + "self_attn.q_proj.weight", [queries, hidden]);
            if (config.HasHeadBias) yield return (prefix + "self_attn.q_proj.bias", [queries]);
            yield return (prefix + "self_attn.k_proj.weight", [keys, hidden]);
            if (config.HasHeadBias) yield return (prefix + "self_attn.k_proj.bias", [keys]);
            yield return (prefix + "self_attn.v_proj.weight", [keys, hidden]);
            if (config.HasHeadBias) yield return (prefix + "self_attn.v_proj.bias", [keys]);
            yield return (prefix + "self_attn.o_proj.weight", [hidden, queries]);
            if (config.AttentionBias) yield return (prefix + "self_attn.o_proj.bias", [hidden]);
            if (config.HasHeadNorm)
            {
                yield return (prefix + "self_attn.q_norm.weight", [config.HeadSize]);
                yield return (prefix + "self_attn.k_norm.weight", [config.HeadSize]);
            }
            yield return (prefix + "post_attention_layernorm.weight", [hidden]);
            yield return (prefix + "mlp.gate_proj.weight", [inner, hidden]);
            yield return (prefix + "mlp.up_proj.weight", [inner, hidden]);
            yield return (prefix + "mlp.down_proj.weight", [hidden, inner]);
        }
        yield return ("model.norm.weight", [hidden]);
        if (!config.TiedHead) yield return (Head, [config.VocabularySize, hidden]);
    }
}
