using AttnPo.Actors.Protocol;
using AttnPo.Actors.Run;
using AttnPo.Core.Data;
using Xunit;

namespace AttnPo.Actors.Tests.Run;

/// <summary>What the state of a run keeps of the prompts that it sampled and passed over: steps of one wave of two groups.</summary>
public sealed class SampledPromptsTests
{
    private static readonly OpenRun Opening = new(new RunId("r"), "h1", "code", 7, 9, TracksDifficulty: true);

    [Fact]
    [Trait("Contract", "C2")]
    public void The_cursor_goes_on_behind_the_prompts_that_were_passed_over_and_the_step_says_how_many_they_were()
    {
        var state = Commit(Open(Opening), 1, new SkippedPrompts(3, 2, 1), Used(4, 1), Used(5, 1));
        Assert.Equal(8, state.PromptCursor);
        Assert.Equal(
            [("sample/epoch", 2.0), ("sample/skipped_long", 3), ("sample/skipped_solved", 2), ("sample/skipped_unsolved", 1)],
            state.Metrics.Where(figure => figure.Key.StartsWith("sample/", StringComparison.Ordinal)).Select(figure => (figure.Key, figure.Value)));
        var next = Commit(state, 2, null, Used(4, 1), Used(5, 1));
        Assert.Equal((10, 2.5, 0), (next.PromptCursor, next.Metrics["sample/epoch"], next.Metrics["sample/skipped_long"]));
    }

    [Fact]
    [Trait("Contract", "C3")]
    public void What_is_known_of_prompts_changes_with_the_commit_alone()
    {
        var open = Open(Opening);
        var begun = Wave(open, 1, null, 4, 5);
        Assert.Equal((0, 0), (begun.Difficulty!.StreakOf(4), begun.Difficulty.StreakOf(5)));
        var state = Commit(open, 1, null, Used(4, correct: 3), Used(5, correct: 0));
        Assert.Equal((1, -1), (state.Difficulty!.StreakOf(4), state.Difficulty.StreakOf(5)));
        state = Commit(state, 2, null, Used(4, correct: 3), Used(5, correct: 1));
        Assert.Equal((2, 0), (state.Difficulty!.StreakOf(4), state.Difficulty.StreakOf(5)));
    }

    [Fact]
    [Trait("Contract", "C5")]
    public void A_group_that_was_dropped_is_no_visit()
    {
        var state = Commit(Open(Opening), 1, null, Used(4, correct: 3), Used(5, correct: 0));
        state = Commit(
            state, 2, null,
            Used(4, 0) with { Dropped = DropReason.NothingCounted, Rollouts = 0 }, Used(5, 0) with { Dropped = DropReason.GenerationFailed, Rollouts = 0 });
        Assert.Equal((1, -1), (state.Difficulty!.StreakOf(4), state.Difficulty.StreakOf(5)));
    }

    [Fact]
    public void A_prompt_that_a_step_visits_twice_is_visited_twice()
    {
        var state = Commit(Open(Opening), 1, null, Used(4, correct: 0), Used(4, correct: 3));
        Assert.Equal(1, state.Difficulty!.StreakOf(4));
        Assert.Equal(2, Commit(Open(Opening), 1, null, Used(4, correct: 3), Used(4, correct: 3)).Difficulty!.StreakOf(4));
    }

    [Fact]
    [Trait("Contract", "C6")]
    public void A_run_whose_prompts_do_not_depend_on_it_remembers_nothing_of_them()
    {
        var state = Commit(Open(Opening with { TracksDifficulty = false }), 1, null, Used(4, 3), Used(5, 0));
        Assert.Null(state.Difficulty);
        Assert.DoesNotContain("difficulty", Written(state), StringComparison.Ordinal);
    }

    [Fact]
    public void A_run_is_not_gone_on_with_where_it_should_have_remembered_and_did_not() =>
        Assert.Contains("other settings", Open(Opening with { TracksDifficulty = false }).Process(Opening).Refusal);

    [Fact]
    [Trait("Contract", "C3")]
    public void A_saved_state_knows_what_it_knew_of_prompts_and_of_the_waves_under_way()
    {
        var state = Wave(Commit(Open(Opening), 1, null, Used(4, 3), Used(700, 0)), 2, new SkippedPrompts(1, 0, 0), 5, 6);
        var back = ((RunSnapshot)RunEventSerializer.Read(System.Text.Encoding.UTF8.GetBytes(Written(state)), "run-state/1")).State;
        Assert.Equal(Written(state), Written(back));
        Assert.Equal((1, -1, 0), (back.Difficulty!.StreakOf(4), back.Difficulty.StreakOf(700), back.Difficulty.StreakOf(5)));
        Assert.Equal(new SkippedPrompts(1, 0, 0), back.OpenWaves[0].Skipped);
        Assert.InRange(Written(state).Length, 900, 2500);
    }

    private static string Written(RunState state) => System.Text.Encoding.UTF8.GetString(
        RunEventSerializer.Write(new RunSnapshot(state, new ArchiveRecord("events", 12, "ab", 31), new MetricsMark(99, "cd"))));

    private static RunState Open(OpenRun opening) => Apply(RunState.Empty, opening);

    private static RunState Wave(RunState state, int step, SkippedPrompts? skipped, params long[] prompts)
    {
        var wave = new WaveId(new StepNumber(step), 0);
        state = Apply(state, new RecordWave(new WaveSampled(wave, state.PromptCursor, prompts, skipped)));
        state = Apply(state, new RecordWave(new WaveGenerated(wave, state.Policy, new BlobRecord("r", 1, "r"), 1)));
        return Apply(state, new RecordWave(new WaveJudged(wave, new BlobRecord("j", 1, "j"), 1, 1)));
    }

    /// <summary>A step on a set of four prompts, whatever their indexes.</summary>
    private static RunState Commit(RunState state, int step, SkippedPrompts? skipped, params GroupOutcome[] groups)
    {
        state = Wave(state, step, skipped, [.. groups.Select(group => group.Prompt)]);
        var ended = groups.Select((group, i) => group with { Group = new GroupId(new WaveId(new StepNumber(step), 0), i) }).ToArray();
        return Apply(state, new CommitStep(
            new StepNumber(step), new PolicyVersion(step), groups.Length, 4, null, new Dictionary<string, double> { ["reward/mean"] = 0.5 }, ended));
    }

    private static GroupOutcome Used(long prompt, int correct) => new(default, prompt, null, correct, 3, 9, false);

    private static RunState Apply(RunState state, IRunCommand command)
    {
        var decision = state.Process(command);
        Assert.Null(decision.Refusal);
        return decision.Events.Aggregate(state, (before, happened) => before.Apply(happened));
    }
}
