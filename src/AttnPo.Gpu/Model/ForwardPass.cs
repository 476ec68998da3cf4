using static TorchSharp.torch;

namespace AttnPo.Gpu.Model;

/// <summary>
/// What a forward pass needs beyond the token ids. The default is the plain causal pass over whole sequences, padded on the
/// right: causality alone keeps padding from what stands before it.
/// </summary>
internal sealed record ForwardPass
{
    /// <summary>A plain causal pass without a cache.</summary>
    public static ForwardPass Causal { get; } = new();

    /// <summary>
    /// The type of products and attention, whatever type the weights have; residual stream and norms are 32-bit floats.
    /// </summary>
    public ScalarType Compute { get; init; } = ScalarType.Float32;

    /// <summary>[B, T] positions of the ids, int64; null: 0 to T - 1.</summary>
    public Tensor? Positions { get; init; }

    /// <summary>One more than the highest position; needed with <see cref="Positions"/>.</summary>
    public long PositionLimit { get; init; }

    /// <summary>Takes the new keys and values and answers all of them; null: the pass sees its own alone.</summary>
    public IKeyValueCache? Cache { get; init; }

    /// <summary>Added to the attention scores, broadcast to [B, 1, T, S]; null: causal within the pass (T = 1 without a mask sees all of S).</summary>
    public Tensor? Mask { get; init; }

    /// <summary>Shown queries and keys of each layer.</summary>
    public IAttentionObserver? Observer { get; init; }
}

/// <summary>Keeps keys and values of earlier positions for a decoder.</summary>
internal interface IKeyValueCache
{
    /// <summary>
    /// Adds what a layer computed for the new positions, [B, key heads, T, head size], and answers all it shall attend to,
    /// [B, key heads, S, head size]. The tensors given are freed after the layer: keep copies.
    /// </summary>
    (Tensor Keys, Tensor Values) Append(int layer, Tensor keys, Tensor values);
}

/// <summary>Looks at a layer's attention inputs during a forward pass.</summary>
internal interface IAttentionObserver
{
    /// <summary>
    /// Called once a layer with rotated queries [B, heads, T, head size] and keys [B, key heads, T, head size], which are freed
    /// after the layer.
    /// </summary>
    void Observe(int layer, Tensor queries, Tensor keys);
}
