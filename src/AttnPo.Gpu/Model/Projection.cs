using TorchSharp.Modules;
using static TorchSharp.torch;

namespace AttnPo.Gpu.Model;

/// <summary>A linear map whose weights are left unset: they come from a checkpoint or from <see cref="Decoder.Random"/>.</summary>
internal sealed class Projection : nn.Module<Tensor, Tensor>
{
    private Parameter weight;
    private Parameter? bias;

    public Projection(long inputs, long outputs, bool hasBias, Device device, ScalarType type = ScalarType.Float32)
        : base(nameof(Projection))
    {
        weight = nn.Parameter(empty([outputs, inputs], type, device));
        if (hasBias) bias = nn.Parameter(empty([outputs], type, device));
        RegisterComponents();
    }

    public Parameter Weight => weight;

    public Parameter? Bias => bias;

    /// <summary>Takes room for weights of another type, which are as unset as those before.</summary>
    public void HoldIn(ScalarType type)
    {
        weight = Replaced(nameof(weight), weight, type);
        if (bias is not null) bias = Replaced(nameof(bias), bias, type);
    }

    /// <summary>Computes in the type of the input.</summary>
    public override Tensor forward(Tensor input)
    {
        if (input.dtype == weight.dtype) return nn.functional.linear(input, weight, bias);
        using var scope = NewDisposeScope();
        return nn.functional.linear(input, weight.to(input.dtype), bias?.to(input.dtype)).MoveToOuterDisposeScope();
    }

    private Parameter Replaced(string name, Parameter former, ScalarType type)
    {
        var parameter = nn.Parameter(empty(former.shape, type, former.device));
        ConditionallyRegisterParameter(name, parameter);
        former.Dispose();
        return parameter;
    }
}
