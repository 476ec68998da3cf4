using static TorchSharp.torch;

namespace AttnPo.Gpu.Model;

/// <summary>Grouped-query self-attention with rotary positions; biases and norms of heads as the architecture has them.</summary>
internal sealed class Attention : nn.Module<Tensor, Rotation, ForwardPass, Tensor>
{
    private readonly Projection q_proj, k_proj, v_proj, o_proj;
    private readonly RmsNorm? q_norm, k_norm;
    private readonly int _layer;
    private readonly long _heads, _keyHeads, _headSize;
    private readonly FusedWeights _fused = new();

    public Attention(ModelConfig config, int layer, Device device) : base(nameof(Attention))
    {
        (_layer, _heads, _keyHeads, _headSize) = (layer, config.Heads, config.KeyValueHeads, config.HeadSize);
        long queries = _heads * _headSize, keys = _keyHeads * _headSize;
        q_proj = new Projection(config.HiddenSize, queries, config.HasHeadBias, device);
        k_proj = new Projection(config.HiddenSize, keys, config.HasHeadBias, device);
        v_proj = new Projection(config.HiddenSize, keys, config.HasHeadBias, device);
        o_proj = new Projection(queries, config.HiddenSize, config.AttentionBias, device);
        if (config.HasHeadNorm)
        {
            q_norm = new RmsNorm(_headSize, config.RmsNormEpsilon, device);
            k_norm = new RmsNorm(_headSize, config.RmsNormEpsilon, device);
        }
        RegisterComponents();
    }

    public override Tensor forward(Tensor input, Rotation rotation, ForwardPass pass)
    {
        using var scope = NewDisposeScope();
        long batch = input.size(0), length = input.size(1);

        // One product for queries, keys and values. (B, T, heads + 2 key heads, head size)
        var joined = Joined(input).view(batch, length, _heads + 2 * _keyHeads, _headSize);
        // Norm and rotation in the type of their tables: angles of far positions need it.
        var unrotated = Normalised(joined.narrow(2, 0, _heads + _keyHeads).to(rotation.Cos.dtype));
        var rotated = RotaryEmbedding.Apply(unrotated, rotation).to(input.dtype);
        var queries = rotated.narrow(2, 0, _heads).transpose(1, 2);
        var keys = rotated.narrow(2, _heads, _keyHeads).transpose(1, 2);
        var values = joined.narrow(2, _heads + _keyHeads, _keyHeads).transpose(1, 2);

        pass.Observer?.Observe(_layer, queries, keys);
        if (pass.Cache is { } cache) (keys, values) = cache.Append(_layer, keys, values);

        var attended = length == 1 ? AttendOne(queries, keys, values, pass.Mask) : Attend(queries, keys, values, pass.Mask);
        return o_proj.forward(attended.reshape(batch, length, _heads * _headSize)).MoveToOuterDisposeScope();
    }

    /// <summary>Joins the weights once, for passes without gradients; to be called again after the weights change.</summary>
    public void Fuse() => _fused.Set(
        [q_proj.Weight, k_proj.Weight, v_proj.Weight], q_proj.Bias is null ? null : [q_proj.Bias, k_proj.Bias!, v_proj.Bias!]);

    private Tensor Joined(Tensor input) => _fused.IsSet && !is_grad_enabled()
        ? nn.functional.linear(input, _fused.Weight!, _fused.Bias)
        : nn.functional.linear(
            input,
            cat([q_proj.Weight, k_proj.Weight, v_proj.Weight]).to(input.dtype),
            q_proj.Bias is null ? null : cat([q_proj.Bias, k_proj.Bias!, v_proj.Bias!]).to(input.dtype));

    /// <summary>(B, T, heads + key heads, head size) -> the same</summary>
    private Tensor Normalised(Tensor heads) => q_norm is null
        ? heads
        : cat([q_norm.forward(heads.narrow(2, 0, _heads)), k_norm!.forward(heads.narrow(2, _heads, _keyHeads))], 2);

    /// <summary>(B, heads, T, head size) -> (B, T, heads, head size)</summary>
    private Tensor Attend(Tensor queries, Tensor keys, Tensor values, Tensor? mask) =>
        nn.functional.scaled_dot_product_attention(
            queries, Repeated(keys), Repeated(values), mask!, is_casual: mask is null).transpose(1, 2);

    /// <summary>With one new position the query heads of a key head stand in for rows, so that no key is copied.</summary>
    private Tensor AttendOne(Tensor queries, Tensor keys, Tensor values, Tensor? mask)
    {
        var grouped = queries.reshape(queries.size(0), _keyHeads, _heads / _keyHeads, _headSize);
        return nn.functional.scaled_dot_product_attention(grouped, keys, values, mask!);
    }

    /// <summary>Gives each query head its key head. (B, key heads, S, head size) -> (B, heads, S, head size)</summary>
    private Tensor Repeated(Tensor heads)
    {
        if (_heads == _keyHeads) return heads;
        return heads.unsqueeze(2)
            .expand(heads.size(0), _keyHeads, _heads / _keyHeads, heads.size(2), _headSize)
            .reshape(heads.size(0), _heads, heads.size(2), _headSize);
    }

    protected override void Dispose(bool disposing)
    {
        if (disposing) _fused.Dispose();
        base.Dispose(disposing);
    }
}
