using static TorchSharp.torch;

namespace AttnPo.Gpu.Model;

/// <summary>Where a model takes its weights from: a version of the policy, or the files of a checkpoint.</summary>
internal interface IWeightSource
{
    /// <summary>Lends a weight, in the type and on the device it has there, for the duration of a call.</summary>
    /// <param name="name">One of <see cref="WeightShapes"/>.</param>
    /// <param name="use">Must not keep the tensor.</param>
    void Read(string name, Action<Tensor> use);
}
