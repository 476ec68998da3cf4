using AttnPo.Gpu.Model;

namespace AttnPo.Gpu.Generation.Processor;

/// <summary>
/// How keys and values lie in a page. For each layer and key head: the keys of 16 positions side by side for each component, so
/// that the scores of 16 positions come out as one vector; then the values, a position after another.
/// </summary>
internal sealed class CacheShape(ModelConfig config)
{
    /// <summary>Positions of a page.</summary>
    public const int PagePositions = 64;

    /// <summary>Positions whose keys are interleaved.</summary>
    public const int BlockPositions = 16;

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
