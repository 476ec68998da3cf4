using AttnPo.Core.Data;
using CsCheck;
using Xunit;

namespace AttnPo.Core.Tests.Data;

public class PromptOrderTests
{
    [Fact]
    public void Every_epoch_holds_each_prompt_once() =>
        Gen.Select(Gen.ULong, Gen.Int[1, 700], Gen.Int[0, 1_000]).Sample((seed, count, epoch) =>
            Enumerable.Range(0, count).Select(i => PromptOrder.At(seed, (long)epoch * count + i, count)).Order().SequenceEqual(Enumerable.Range(0, count)));

    [Fact]
    public void Epochs_and_seeds_differ_in_order()
    {
        static IEnumerable<int> Epoch(ulong seed, int epoch) => Enumerable.Range(0, 100).Select(i => PromptOrder.At(seed, epoch * 100L + i, 100));
        Assert.NotEqual(Epoch(1, 0), Epoch(1, 1));
        Assert.NotEqual(Epoch(1, 0), Epoch(2, 0));
        Assert.NotEqual(Enumerable.Range(0, 100), Epoch(1, 0));
    }

    [Fact]
    public void Each_prompt_is_as_likely_at_the_front_as_any_other()
    {
        // 40,000 epochs of 10: each prompt comes first about 4,000 times; the standard deviation is 60.
        var first = new int[10];
        for (var epoch = 0; epoch < 40_000; epoch++) first[PromptOrder.At(7, epoch * 10L, 10)]++;
        Assert.All(first, count => Assert.InRange(count, 3_640, 4_360));
    }

    [Fact]
    public void A_far_position_is_read_without_the_ones_before_it() =>
        Assert.InRange(PromptOrder.At(3, long.MaxValue, int.MaxValue), 0, int.MaxValue - 1);

    [Fact]
    public void A_position_before_the_beginning_is_refused() =>
        Assert.Throws<ArgumentOutOfRangeException>(() => PromptOrder.At(0, -1, 5));
}
