using AttnPo.Gpu.Model;
using TorchSharp;
using Xunit;

namespace AttnPo.Gpu.Tests.Model;

public sealed class EngineRuntimeTests
{
    [Fact]
    public void The_number_of_threads_is_set_once_and_for_all()
    {
        EngineRuntime.Configure(0);
        EngineRuntime.Configure(Environment.ProcessorCount);
        Assert.Equal(Environment.ProcessorCount, torch.get_num_threads());
        var error = Assert.Throws<InvalidOperationException>(() => EngineRuntime.Configure(Environment.ProcessorCount + 1));
        Assert.Contains($"already runs with {Environment.ProcessorCount} threads", error.Message);
    }
}
