using static TorchSharp.torch;

namespace AttnPo.Gpu.Model;

/// <summary>Attention, then feed-forward, each on a normalised copy of the residual stream and added to it.</summary>
internal sealed class DecoderLayer : nn.Module<Tensor, Rotation, ForwardPass, Tensor>
{
    private readonly RmsNorm input_layernorm;
    private readonly Attention self_attn;
    private readonly RmsNorm post_attention_layernorm;
    private readonly FeedForward mlp;

    public DecoderLayer(ModelConfig config, int layer, Device device, ScalarType weightType) : base(nameof(DecoderLayer))
    {
        input_layernorm = new RmsNorm(config.HiddenSize, config.RmsNormEpsilon, device);
        self_attn = new Attention(config, layer, device);
        post_attention_layernorm = new RmsNorm(config.HiddenSize, config.RmsNormEpsilon, device);
        mlp = new FeedForward(config, device);
        RegisterComponents();
        // A layer at a time, so that no more than one is ever there in 32-bit floats.
        if (weightType == ScalarType.Float32) return;
        foreach (var projection in modules().OfType<Projection>()) projection.HoldIn(weightType);
    }

    public override Tensor forward(Tensor input, Rotation rotation, ForwardPass pass)
    {
        using var scope = NewDisposeScope();
        var mixed = input + self_attn.forward(input_layernorm.forward(input).to(pass.Compute), rotation, pass);
        return (mixed + mlp.forward(post_attention_layernorm.forward(mixed).to(pass.Compute))).MoveToOuterDisposeScope();
    }

    public void Fuse()
    {
        self_attn.Fuse();
        mlp.Fuse();
    }
}
