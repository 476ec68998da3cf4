using static TorchSharp.torch;

namespace AttnPo.Gpu.Model;

/// <summary>Copies of several projections' weights as one, so that decoding makes one product where there were several.</summary>
internal sealed class FusedWeights : IDisposable
{
    public Tensor? Weight { get; private set; }

    public Tensor? Bias { get; private set; }

    public bool IsSet => Weight is not null;

    public void Set(Tensor[] weights, Tensor[]? biases = null)
    {
        using var gradients = no_grad();
        Dispose();
        Weight = cat(weights).DetachFromDisposeScope();
        Bias = biases is null ? null : cat(biases).DetachFromDisposeScope();
    }

    public void Dispose()
    {
        Weight?.Dispose();
        Bias?.Dispose();
        (Weight, Bias) = (null, null);
    }
}
