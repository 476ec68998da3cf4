using static TorchSharp.torch;

namespace AttnPo.Gpu.Model;

/// <summary>SwiGLU: a gate through SiLU times a linear branch, projected back.</summary>
internal sealed class FeedForward : nn.Module<Tensor, Tensor>
{
    private readonly Projection gate_proj, up_proj, down_proj;
    private readonly long _inner;
    private readonly FusedWeights _fused = new();

    public FeedForward(ModelConfig config, Device device) : base(nameof(FeedForward))
    {
        _inner = config.IntermediateSize;
        gate_proj = new Projection(config.HiddenSize, _inner, hasBias: false, device);
        up_proj = new Projection(config.HiddenSize, _inner, hasBias: false, device);
        down_proj = new Projection(_inner, config.HiddenSize, hasBias: false, device);
        RegisterComponents();
    }

    public override Tensor forward(Tensor input)
    {
        using var scope = NewDisposeScope();
        Tensor gate, up;
        if (_fused.IsSet && !is_grad_enabled())
        {
            var both = nn.functional.linear(input, _fused.Weight!);
            (gate, up) = (both.narrow(-1, 0, _inner), both.narrow(-1, _inner, _inner));
        }
        else
        {
            (gate, up) = (gate_proj.forward(input), up_proj.forward(input));
        }
        return down_proj.forward(nn.functional.silu(gate).mul(up)).MoveToOuterDisposeScope();
    }

    /// <summary>Joins the weights once, for passes without gradients; to be called again after the weights change.</summary>
    public void Fuse() => _fused.Set([gate_proj.Weight, up_proj.Weight]);

    protected override void Dispose(bool disposing)
    {
        if (disposing) _fused.Dispose();
        base.Dispose(disposing);
    }
}
