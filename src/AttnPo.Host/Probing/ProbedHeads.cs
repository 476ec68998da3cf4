using AttnPo.Gpu;
using AttnPo.Gpu.Model;

namespace AttnPo.Host.Probing;

/// <summary>The order in which a probe scores heads: layer by layer. A report's places are places in it.</summary>
internal static class ProbedHeads
{
    /// <summary>Every head of a model.</summary>
    public static HeadId[] All(ModelConfig config) => [.. Enumerable.Range(0, config.Layers * config.Heads).Select(place => Id(config, place))];

    /// <summary>The head at a place.</summary>
    public static HeadId Id(ModelConfig config, int place) => new(place / config.Heads, place % config.Heads);
}
