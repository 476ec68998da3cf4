using AttnPo.Gpu.Model;
using static TorchSharp.torch;

namespace AttnPo.Gpu.Training;

/// <summary>
/// Embedding and layers of one micro-batch, forward and then backward, layer by layer. With recomputation only each layer's input is
/// kept: backward computes a layer once more, so that the activations of one layer exist at a time. The arithmetic is the same
/// either way.
/// </summary>
internal sealed class TrunkPass(Decoder decoder, OptimizerSettings settings, IAttentionObserver? observer)
{
    private readonly ForwardPass _pass = new() { Compute = settings.Compute.ScalarType() };

    // Each layer is shown once, not again where backward computes it anew.
    private readonly ForwardPass _shown = new() { Compute = settings.Compute.ScalarType(), Observer = observer };
    private readonly Tensor[] _inputs = new Tensor[decoder.Config.Layers];
    private readonly Tensor?[] _outputs = new Tensor?[decoder.Config.Layers];
    private Tensor? _ids;
    private Rotation _rotation;

    /// <summary>(B, T) ids -> (B, T, hidden), without a graph. What is kept for backward belongs to the caller's dispose scope.</summary>
    public Tensor Forward(Tensor ids)
    {
        _ids = ids;
        _rotation = decoder.Stack.RotationOf(ids, _pass);
        Tensor hidden;
        using (no_grad()) hidden = decoder.Stack.Embed(ids);
        for (var layer = 0; layer < _inputs.Length; layer++)
        {
            _inputs[layer] = hidden;
            if (settings.Recompute)
            {
                using var gradients = no_grad();
                hidden = decoder.Stack.Layer(layer, hidden, _rotation, _shown);
            }
            else
            {
                _outputs[layer] = decoder.Stack.Layer(layer, hidden.requires_grad_(), _rotation, _shown);
                hidden = _outputs[layer]!.detach();
            }
        }
        return hidden;
    }

    /// <summary>Adds to the weights' gradients. Frees what was kept, and the gradient given.</summary>
    /// <param name="gradient">(B, T, hidden) of the loss by the output.</param>
    public void Backward(Tensor gradient)
    {
        for (var layer = _inputs.Length - 1; layer >= 0; layer--)
        {
            using var scope = NewDisposeScope();
            var input = _inputs[layer].requires_grad_();
            var output = _outputs[layer] ?? decoder.Stack.Layer(layer, input, _rotation, _pass);
            output.backward([gradient]);
            var next = input.grad!.MoveToOuterDisposeScope();
            gradient.Dispose();
            output.Dispose();
            input.Dispose();
            gradient = next;
        }
        using (no_grad())
        using (NewDisposeScope())
        {
            Gradients.Of(decoder.Stack.Embedding).index_add_(0, _ids!.flatten(), gradient.flatten(0, 1), 1);
        }
        gradient.Dispose();
    }
}
