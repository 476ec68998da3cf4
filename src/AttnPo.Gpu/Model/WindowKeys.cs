namespace AttnPo.Gpu.Model;

/// <summary>
/// Refuses configurations whose layers see a window of the sequence only. Many state one that nothing uses; those are taken.
/// </summary>
internal static class WindowKeys
{
    private const string Sliding = "sliding_attention", Full = "full_attention";

    // What files that do not say otherwise mean.
    private const int DefaultWindow = 4096, DefaultFirstLayer = 28;

    public static void Refuse(ConfigObject root, ModelConfig config)
    {
        var kinds = root.Texts("layer_types");
        if (kinds is not null && Array.Find(kinds, k => k is not (Sliding or Full)) is { } other)
            throw root.Error($"not supported: layer_types {other}");

        if (config.Architecture == Architecture.Llama)
        {
            var stated = root.Integer("sliding_window", config.MaxPositions);
            if (stated < config.MaxPositions) throw NotSupported(stated, "");
            return;
        }

        if (!root.Flag("use_sliding_window")) return;
        var window = root.Integer("sliding_window", DefaultWindow);
        if (window >= config.MaxPositions) return;
        if (kinds is not null)
        {
            if (kinds.Contains(Sliding)) throw NotSupported(window, $" (use_sliding_window is true, layer_types has {Sliding})");
            return;
        }
        var first = root.Integer("max_window_layers", DefaultFirstLayer);
        if (first < config.Layers)
            throw NotSupported(window, $" (use_sliding_window is true, max_window_layers {first} of num_hidden_layers {config.Layers})");

        InvalidDataException NotSupported(int size, string why) =>
            root.Error($"not supported: sliding_window {size} below max_position_embeddings {config.MaxPositions}{why}");
    }
}
