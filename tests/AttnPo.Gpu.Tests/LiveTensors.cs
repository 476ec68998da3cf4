using AttnPo.Gpu.Model;
using TorchSharp;

namespace AttnPo.Gpu.Tests;

internal static class LiveTensors
{
    /// <summary>Tensors that the work makes on this thread and does not dispose of, by TorchSharp's own count for the thread.</summary>
    public static long Count(Action work)
    {
        var before = DisposeScopeManager.Statistics.TensorStatistics.ThreadTotalLiveCount;
        work();
        return DisposeScopeManager.Statistics.TensorStatistics.ThreadTotalLiveCount - before;
    }

    public static float[] Values(this Decoder decoder) => [.. decoder.Weights.SelectMany(w => w.Weight.data<float>().ToArray())];
}
