using AttnPo.Gpu.Model;

namespace AttnPo.Gpu.Generation;

/// <summary>A model whose weights are taken over from a published version of the policy.</summary>
internal interface IPolicyModel : IBatchedModel, IDisposable
{
    /// <summary>Copies the weights.</summary>
    void Load(IWeightSource weights);
}
