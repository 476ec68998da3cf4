using AttnPo.Gpu.Generation.Processor;
using AttnPo.Gpu.Model;
using Xunit;

namespace AttnPo.Gpu.Tests.Generation;

public sealed unsafe class AttentionKernelTests
{
    private const int Page = 4 * CacheShape.PagePositions;

    [Fact, Trait("Contract", "C9")]
    public void Memory_for_scores_follows_the_positions_seen_not_the_models_limit()
    {
        var config = new ModelConfig(16, 24, 1, 2, 1, 8, 32, 1 << 24, 1e-6, 10000, TiedHead: true);
        var shape = new CacheShape(config);
        using var cache = new PagedCache(shape);
        using var kernel = new AttentionKernel(shape);
        using var head = new FloatBuffer(4L * shape.HeadWidth);
        var sequence = new PagedSequence();
        Assert.Equal(0, kernel.Room);
        foreach (var (positions, room) in ((int, int)[])[(1, Page), (Page, Page), (Page + 1, 2 * Page), (5 * Page - 1, 5 * Page), (5 * Page + 1, 10 * Page)])
        {
            cache.Extend(sequence, positions);
            var at = head.Pointer;
            kernel.Attend(sequence.Pages, 0, positions, at, at + shape.HeadWidth, at + 2 * shape.HeadWidth, at + 3 * shape.HeadWidth);
            Assert.Equal(room, kernel.Room);
        }
    }
}
