using AttnPo.Core.Data;
using CsCheck;
using Xunit;

namespace AttnPo.Core.Tests.Data;

public sealed class PromptDifficultyTests
{
    private static readonly Gen<PromptVisit> AnyVisit =
        from prompt in Gen.Long[0, 6]
        from counted in Gen.Int[0, 3]
        from correct in Gen.Int[0, counted]
        select new PromptVisit(prompt, correct, counted);

    [Fact]
    public void A_streak_is_the_number_of_last_visits_that_were_all_solved_or_all_unsolved() => AnyVisit.Array[0, 60].Sample(visits =>
    {
        var known = PromptDifficulty.Unknown.After(visits);
        for (var prompt = 0; prompt < 8; prompt++)
        {
            // Such as nothing counts in say nothing.
            var telling = visits.Where(visit => visit.Prompt == prompt && visit.Counted > 0).Reverse().ToArray();
            var solved = telling.TakeWhile(visit => visit.Correct == visit.Counted).Count();
            var unsolved = telling.TakeWhile(visit => visit.Correct == 0).Count();
            Assert.Equal(solved - unsolved, known.StreakOf(prompt));
        }
    });

    [Fact]
    public void Visits_taken_step_by_step_come_to_the_same_as_all_at_once() => Gen.Select(AnyVisit.Array[0, 40], Gen.Int[1, 9]).Sample((visits, step) =>
    {
        var known = visits.Chunk(step).Aggregate(PromptDifficulty.Unknown, (before, some) => before.After(some));
        Assert.Equal(PromptDifficulty.Unknown.After(visits).Streaks.ToArray(), known.Streaks.ToArray());
    });

    [Fact]
    [Trait("Contract", "C5")]
    public void A_visit_at_which_nothing_counts_changes_nothing()
    {
        var known = PromptDifficulty.Unknown.After([new(3, 2, 2)]);
        Assert.Same(known, known.After([new(3, 0, 0), new(9, 0, 0)]));
    }

    [Fact]
    [Trait("Contract", "C6")]
    public void It_takes_a_byte_a_prompt_however_often_it_is_visited()
    {
        var known = PromptDifficulty.Unknown;
        for (var visit = 0; visit < 1000; visit++) known = known.After([new(0, 8, 8), new(1, 0, 8), new(2, 4, 8)]);
        Assert.Equal([100, unchecked((byte)-100), 0], known.Streaks.ToArray());
        Assert.Equal((100, -100, 0), (known.StreakOf(0), known.StreakOf(1), known.StreakOf(2)));
        Assert.Equal(1, known.After([new(1, 8, 8)]).StreakOf(1));
    }
}
