using TorchSharp.Modules;
using static TorchSharp.torch;

namespace AttnPo.Gpu.Model;

/// <summary>Scales each vector to a root mean square of 1, then by a learned weight.</summary>
internal sealed class RmsNorm : nn.Module<Tensor, Tensor>
{
    private readonly Parameter weight;
    private readonly double _epsilon;

    public RmsNorm(long size, double epsilon, Device device) : base(nameof(RmsNorm))
    {
        _epsilon = epsilon;
        weight = nn.Parameter(empty([size], float32, device));
        RegisterComponents();
    }

    public override Tensor forward(Tensor input)
    {
        using var scope = NewDisposeScope();
        var inverse = input.square().mean([-1], keepdim: true).add(_epsilon).rsqrt();
        return (input * inverse * weight).MoveToOuterDisposeScope();
    }
}
