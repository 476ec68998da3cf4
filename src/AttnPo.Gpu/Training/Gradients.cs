using TorchSharp.Modules;
using static TorchSharp.torch;

namespace AttnPo.Gpu.Training;

/// <summary>Gradients that are added to by hand.</summary>
internal static class Gradients
{
    /// <summary>The gradient that a weight holds; zeros at first.</summary>
    public static Tensor Of(Parameter weight)
    {
        if (weight.grad is { } held) return held;
        using (var zeros = zeros_like(weight, requires_grad: false)) weight.grad = zeros;
        return weight.grad!;
    }
}
