using AttnPo.Gpu.Model;
using CsCheck;
using Xunit;

namespace AttnPo.Gpu.Tests.Model;

public sealed class SequenceBatchTests
{
    [Fact]
    public void Every_sequence_is_in_one_batch_and_no_batch_of_several_exceeds_the_budget() =>
        Gen.Select(Gen.Int[1, 40].Array[0, 30], Gen.Int[1, 200]).Sample((lengths, budget) =>
        {
            var sequences = lengths.Select(n => new TokenSequence([0], new int[n])).ToArray();
            var plan = SequenceBatch.Plan(sequences, budget).ToArray();
            Assert.Equal(Enumerable.Range(0, lengths.Length), plan.SelectMany(b => b).Order());
            Assert.All(plan.Where(b => b.Length > 1), b => Assert.True(b.Length * b.Max(i => sequences[i].Length) <= budget));
        });

    [Fact]
    public void Like_lengths_meet_and_equal_ones_keep_their_order()
    {
        var sequences = new[] { 9, 3, 9, 3, 7 }.Select(n => new TokenSequence([0], new int[n - 1])).ToArray();
        Assert.Equal([[1, 3], [4], [0, 2]], SequenceBatch.Plan(sequences, 18));
    }

    [Fact]
    public void Less_than_a_tenth_of_a_batch_is_padding() =>
        Gen.Int[1, 400].Array[0, 60].Sample(lengths =>
        {
            var sequences = lengths.Select(n => new TokenSequence([0], new int[n])).ToArray();
            foreach (var batch in SequenceBatch.Plan(sequences, 4096))
            {
                var computed = batch.Select(i => sequences[i].Length).ToArray();
                var positions = batch.Length * computed.Max();
                Assert.True(positions - computed.Sum() <= 0.1 * positions);
            }
        });

    [Fact]
    public void Rows_point_at_the_position_before_each_response_token()
    {
        using var scope = TorchSharp.torch.NewDisposeScope();
        TokenSequence[] sequences = [new([1, 2], [3, 4]), new([5], [6, 7, 8])];
        var batch = SequenceBatch.Of(sequences, [0, 1], TorchSharp.torch.CPU);
        Assert.Equal([1L, 2, 3, 4, 5, 6, 7, 8], batch.Ids.data<long>().ToArray());
        Assert.Equal([1L, 2, 4, 5, 6], batch.Positions.data<long>().ToArray());
        Assert.Equal([3L, 4, 6, 7, 8], batch.Targets.data<long>().ToArray());
    }
}
