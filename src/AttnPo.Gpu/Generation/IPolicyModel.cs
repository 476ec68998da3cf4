using static TorchSharp.torch;

namespace AttnPo.Gpu.Generation;

/// <summary>A model whose weights are taken over from a published version of the policy.</summary>
internal interface IPolicyModel : IBatchedModel, IDisposable
{
    /// <summary>Copies the weights, given in the order of <see cref="Model.WeightShapes"/>.</summary>
    void Load(IReadOnlyList<Tensor> weights);
}
