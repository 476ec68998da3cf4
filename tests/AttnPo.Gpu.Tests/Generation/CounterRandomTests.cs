using AttnPo.Gpu.Generation;
using CsCheck;
using Xunit;

namespace AttnPo.Gpu.Tests.Generation;

public sealed class CounterRandomTests
{
    // The known answers of the authors' library (Random123, kat_vectors): philox4x32, 10 rounds.
    [Theory]
    [InlineData(0x00000000_00000000, 0x00000000_00000000, 0x00000000_00000000, 0xe169c58d_6627e8d5, 0x9b00dbd8_bc57ac4c)]
    [InlineData(0xffffffff_ffffffff, 0xffffffff_ffffffff, 0xffffffff_ffffffff, 0x41c83b0e_408f276d, 0x6d5451fd_a20bc7c6)]
    [InlineData(0x85a308d3_243f6a88, 0x03707344_13198a2e, 0x299f31d0_a4093822, 0x94fdcceb_d16cfe09, 0x24126ea1_5001e420)]
    public void The_block_function_gives_the_known_answers(ulong low, ulong high, ulong key, ulong firstHalf, ulong secondHalf) =>
        Assert.Equal((firstHalf, secondHalf), CounterRandom.Philox(low, high, key));

    [Fact]
    public void C3_a_draw_is_a_function_of_what_it_is_for() =>
        Gen.Select(Gen.ULong, Gen.Long, Gen.Long, Gen.Int, Gen.Int).Sample((seed, step, prompt, sample, position) =>
            new CounterRandom(seed, step, prompt).Uniform(sample, position) == new CounterRandom(seed, step, prompt).Uniform(sample, position));

    // A change here makes every recorded run come out differently.
    [Theory]
    [InlineData(0, 0, 0, 0, 0, 0.31311287307052227)]
    [InlineData(1, 2, 3, 4, 5, 0.36483246082738985)]
    [InlineData(ulong.MaxValue, long.MaxValue, -1, int.MaxValue, int.MaxValue, 0.0075607781225601745)]
    public void C3_a_draw_stays_the_same_from_release_to_release(
        ulong seed, long step, long prompt, int sample, int position, double expected) =>
        Assert.Equal(expected, new CounterRandom(seed, step, prompt).Uniform(sample, position));

    [Fact]
    public void Each_part_of_the_purpose_changes_the_draw()
    {
        var draws = new HashSet<double>();
        for (var i = 0; i < 100; i++)
        {
            draws.Add(new CounterRandom((ulong)i, 1000, 1000).Uniform(1000, 1000));
            draws.Add(new CounterRandom(1000, i, 1000).Uniform(1000, 1000));
            draws.Add(new CounterRandom(1000, 1000, i).Uniform(1000, 1000));
            draws.Add(new CounterRandom(1000, 1000, 1000).Uniform(i, 1000));
            draws.Add(new CounterRandom(1000, 1000, 1000).Uniform(1000, i));
        }
        Assert.Equal(500, draws.Count);
    }

    [Fact]
    public void Draws_are_uniform_over_samples_and_positions()
    {
        const int Bins = 64, Samples = 400, Positions = 400;
        var counts = new int[Bins];
        var random = new CounterRandom(11, 12, 13);
        for (var sample = 0; sample < Samples; sample++)
            for (var position = 0; position < Positions; position++)
                counts[(int)(random.Uniform(sample, position) * Bins)]++;

        var expected = (double)Samples * Positions / Bins;
        var chiSquare = counts.Sum(c => (c - expected) * (c - expected) / expected);
        // 63 degrees of freedom: above 120 once in 10^5.
        Assert.InRange(chiSquare, 20, 120);
    }
}
