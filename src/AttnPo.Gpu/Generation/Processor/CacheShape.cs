using AttnPo.Gpu.Model;

namespace AttnPo.Gpu.Generation.Processor;

/// <summary>
/// How keys and values lie in a page of 16 positions. For each layer and key head: the keys of all positions side by side for
/// each component, so that the scores of the page come out as one vector; then the values, a position after another. Pages are
/// small so that the samples of a prompt share most of it.
/// </summary>
internal sealed class CacheShape(ModelConfig config)
{
    /// <summary>Positions of a page: the lanes of a vector.</summary>
    public const int PagePositions = 16;

    /// <summary>Width of a head, padded with zeros to whole panels.</summary>
    public int HeadWidth { get; } = PackedMatrix.Padded(config.HeadSize);

    /// <summary>Components of a head that are not padding.</summary>
    public int HeadSize { get; } = config.HeadSize;

    /// <summary>Floats of one head's keys in a page; its values follow.</summary>
    public int KeysLength => HeadSize * PagePositions;

    /// <summary>Floats of one head's keys and values in a page.</summary>
    public int HeadLength => KeysLength + HeadWidth * PagePositions;

    /// <summary>Floats of a page: all layers, all key heads.</summary>
    public int PageLength => checked(config.Layers * config.KeyValueHeads * HeadLength);

    /// <summary>Where a head's keys begin in a page.</summary>
    public int Head(int layer, int keyHead) => (layer * config.KeyValueHeads + keyHead) * HeadLength;
}
