using AttnPo.Gpu.Model;

namespace AttnPo.Host.Benchmarks;

/// <summary>Shapes to measure with random weights, where there is no checkpoint at hand.</summary>
internal static class ModelShapes
{
    private static readonly Dictionary<string, ModelConfig> All = new(StringComparer.OrdinalIgnoreCase)
    {
        ["S"] = new(256, 704, 4, 8, 2, 32, 512, 32768, 1e-6, 10000, TiedHead: true),
        ["M"] = new(512, 1408, 8, 8, 2, 64, 2048, 32768, 1e-6, 10000, TiedHead: true),
        // Qwen2.5-0.5B.
        ["L"] = new(896, 4864, 24, 14, 2, 64, 151936, 32768, 1e-6, 1_000_000, TiedHead: true),
    };

    /// <summary>Their names.</summary>
    public static string[] Names => [.. All.Keys];

    /// <summary>The shape of a name.</summary>
    public static ModelConfig Named(string name) => All[name];
}
