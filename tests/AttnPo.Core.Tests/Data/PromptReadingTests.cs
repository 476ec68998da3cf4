using AttnPo.Core.Data;
using CsCheck;
using Xunit;

namespace AttnPo.Core.Tests.Data;

public sealed class PromptReadingTests
{
    private const int Limit = 2;

    /// <summary>Sets of up to 30 prompts, some too long but never all, with any past and any filter.</summary>
    private static readonly Gen<World> AnyWorld =
        from count in Gen.Int[1, 30]
        from isLong in Gen.Bool.Array[count]
        from spared in Gen.Int[0, count - 1]
        from streaks in Gen.Int[-3, 3].Array[count]
        from seed in Gen.ULong
        from solved in Gen.Int[1, 3].Nullable()
        from unsolved in Gen.Int[1, 3].Nullable()
        from retry in Gen.Int[2, 5]
        from isFiltered in Gen.Bool
        select new World(
            [.. isLong.Select((value, i) => value && i != spared)], streaks, seed,
            isFiltered ? new DifficultyFilter { SkipSolved = solved, SkipUnsolved = unsolved, RetryEvery = retry } : null);

    [Fact]
    public void Where_nothing_is_passed_over_the_reading_is_the_order_of_prompts() =>
        Gen.Select(Gen.Int[1, 30], Gen.ULong, Gen.Int[0, 100], Gen.Int[0, 50]).Sample((count, seed, cursor, wanted) =>
        {
            var read = new PromptReading(new Texts(new bool[count]), Encode, seed, null, null).Read(cursor, wanted, PromptDifficulty.Unknown);
            Assert.Equal(0, read.Skipped.Total);
            Assert.Equal(
                Enumerable.Range(cursor, wanted).Select(at => ((long)at, (long)PromptOrder.At(seed, at, count))),
                read.Prompts.Select(prompt => (prompt.Position, prompt.Prompt.Index)));
        });

    [Fact]
    public void Each_epoch_holds_each_prompt_once_that_neither_length_nor_difficulty_keeps_out() =>
        Gen.Select(AnyWorld, Gen.Int[1, 12]).Sample((world, portion) =>
        {
            const int Epochs = 7;
            var read = world.ReadTo(Epochs * world.Count, portion);
            for (var epoch = 0; epoch < Epochs; epoch++)
            {
                var indexes = read.Where(prompt => prompt.Position / world.Count == epoch).Select(prompt => (int)prompt.Prompt.Index);
                Assert.Equal(Enumerable.Range(0, world.Count).Where(index => world.Admits(index, epoch)), indexes.Order());
            }
            Assert.All(read, prompt => Assert.Equal(PromptOrder.At(world.Seed, prompt.Position, world.Count), prompt.Prompt.Index));
        });

    [Fact]
    public void Every_stretch_is_full_moves_the_cursor_on_and_counts_whom_it_passed_over() =>
        Gen.Select(AnyWorld, Gen.Int[0, 200], Gen.Int[1, 40]).Sample((world, cursor, wanted) =>
        {
            var stretch = world.Reading.Read(cursor, wanted, world.Difficulty);
            Assert.Equal(wanted, stretch.Prompts.Count);
            Assert.Equal(stretch.Prompts.Select(prompt => prompt.Position).Distinct().Order(), stretch.Prompts.Select(prompt => prompt.Position));
            Assert.Equal(cursor + stretch.Length - 1, stretch.Prompts[^1].Position);
            var passed = Enumerable.Range(cursor, (int)stretch.Length).Except(stretch.Prompts.Select(prompt => (int)prompt.Position))
                .Select(at => world.Why(PromptOrder.At(world.Seed, at, world.Count), at / world.Count)).ToArray();
            Assert.Equal(
                new SkippedPrompts(Count(PromptSkip.TooLong), Count(PromptSkip.Solved), Count(PromptSkip.Unsolved)), stretch.Skipped);

            long Count(PromptSkip reason) => passed.Count(why => why == reason);
        });

    [Fact]
    [Trait("Contract", "C3")]
    public void However_the_reading_is_cut_into_stretches_it_is_the_same() =>
        Gen.Select(AnyWorld, Gen.Int[1, 12], Gen.Int[1, 12]).Sample((world, first, second) =>
        {
            Assert.Equal(Positions(first), Positions(second));

            IEnumerable<long> Positions(int portion) => world.ReadTo(100, portion).Select(prompt => prompt.Position);
        });

    [Fact]
    public void A_prompt_that_is_passed_over_is_read_once_in_each_so_many_epochs() =>
        Gen.Select(Gen.Int[2, 6], Gen.Int[0, 1000], Gen.Int[0, 1000]).Sample((retry, prompt, from) =>
        {
            var filter = new DifficultyFilter { SkipSolved = 1, SkipUnsolved = 2, RetryEvery = retry };
            var epochs = Enumerable.Range(from, retry).ToArray();
            Assert.Single(epochs, epoch => filter.SkipOf(1, prompt, epoch) is null);
            Assert.Equal(retry - 1, epochs.Count(epoch => filter.SkipOf(5, prompt, epoch) == PromptSkip.Solved));
            Assert.Equal(retry - 1, epochs.Count(epoch => filter.SkipOf(-2, prompt, epoch) == PromptSkip.Unsolved));
            Assert.All(epochs, epoch => Assert.Equal((null, null), (filter.SkipOf(0, prompt, epoch), filter.SkipOf(-1, prompt, epoch))));
        });

    [Fact]
    public void Where_every_prompt_is_solved_a_share_of_each_epoch_is_read()
    {
        var world = new World(new bool[40], [.. Enumerable.Repeat(3, 40)], 5, new DifficultyFilter { SkipSolved = 1, RetryEvery = 4 });
        Assert.Equal(
            Enumerable.Repeat(10, 8),
            world.ReadTo(8 * 40, 7).GroupBy(prompt => prompt.Position / 40).Select(epoch => epoch.Count()));
    }

    [Fact]
    public void A_set_in_which_every_prompt_is_too_long_is_an_error_that_names_the_limit()
    {
        var filter = new DifficultyFilter { SkipSolved = 1 };
        foreach (var reading in (PromptReading[])[Reading(null), Reading(filter)])
        {
            var fault = Assert.Throws<InvalidDataException>(() => reading.Read(13, 1, PromptDifficulty.Unknown));
            Assert.StartsWith("Each of the 9 prompts has more than 2 tokens, so no step can be filled", fault.Message, StringComparison.Ordinal);
        }

        static PromptReading Reading(DifficultyFilter? filter) =>
            new(new Texts([.. Enumerable.Repeat(true, 9)]), Encode, 1, Limit, filter);
    }

    [Theory]
    [InlineData(0, 2)]
    [InlineData(101, 2)]
    [InlineData(1, 1)]
    public void A_filter_out_of_range_is_an_error(int visits, int retry) => Assert.Throws<ArgumentOutOfRangeException>(
        () => new DifficultyFilter { SkipSolved = visits, SkipUnsolved = visits, RetryEvery = retry });

    private static int[] Encode(string text) => new int[text.Length];

    /// <summary>Prompts of one token, or of one more than the limit.</summary>
    private sealed class Texts(bool[] isLong) : IPromptSet
    {
        public int Count => isLong.Length;

        public Prompt this[int index] => new(index, isLong[index] ? new string('x', Limit + 1) : "x", "1");
    }

    private sealed record World(bool[] IsLong, int[] Streaks, ulong Seed, DifficultyFilter? Filter)
    {
        public int Count => IsLong.Length;

        public PromptDifficulty Difficulty => new(Streaks.Select(streak => (byte)streak).ToArray());

        public PromptReading Reading => new(new Texts(IsLong), Encode, Seed, Limit, Filter);

        /// <summary>Said in another way than the filter says it.</summary>
        public PromptSkip? Why(int index, long epoch)
        {
            if (Filter is not null && (epoch + index) % Filter.RetryEvery > 0)
            {
                if (Filter.SkipSolved is { } solved && Streaks[index] >= solved) return PromptSkip.Solved;
                if (Filter.SkipUnsolved is { } unsolved && Streaks[index] <= -unsolved) return PromptSkip.Unsolved;
            }
            return IsLong[index] ? PromptSkip.TooLong : null;
        }

        public bool Admits(int index, long epoch) => Why(index, epoch) is null;

        /// <summary>All that is read before a position, in portions.</summary>
        public List<ReadPrompt> ReadTo(long end, int portion)
        {
            var (read, cursor) = (new List<ReadPrompt>(), 0L);
            while (cursor < end)
            {
                var stretch = Reading.Read(cursor, portion, Difficulty);
                read.AddRange(stretch.Prompts);
                cursor += stretch.Length;
            }
            return [.. read.Where(prompt => prompt.Position < end)];
        }
    }
}
