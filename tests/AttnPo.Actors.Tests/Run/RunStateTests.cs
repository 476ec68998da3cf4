using AttnPo.Actors.Protocol;
using AttnPo.Actors.Run;
using Xunit;

namespace AttnPo.Actors.Tests.Run;

public sealed class RunStateTests
{
    private static readonly OpenRun Opening = new(new RunId("r"), "h1", "code", 7, 3);
    private static readonly Dictionary<string, double> Figures = new() { ["reward/mean"] = 0.5 };

    [Fact]
    public void A_run_opened_first_is_started_and_later_continued()
    {
        var started = Assert.IsType<RunStarted>(Assert.Single(RunState.Empty.Process(Opening).Events));
        var state = RunState.Empty.Apply(started);
        Assert.Equal(new RunContinued("newer", 9), Assert.Single(state.Process(Opening with { CodeVersion = "newer", Steps = 9 }).Events));
    }

    [Fact]
    public void Other_settings_or_another_seed_are_refused_with_what_to_do()
    {
        var state = Apply(RunState.Empty, Opening);
        foreach (var other in (OpenRun[])[Opening with { SettingsHash = "h2" }, Opening with { Seed = 8 }])
        {
            var decision = state.Process(other);
            Assert.Empty(decision.Events);
            Assert.Contains("new run in another directory", decision.Refusal);
        }
    }

    [Fact]
    public void Fewer_steps_than_are_committed_are_refused_with_both_numbers()
    {
        var state = Apply(Apply(Apply(RunState.Empty, Opening), Commit(1, 4)), Commit(2, 4));
        Assert.Contains("has made 2 steps already, more than the 1 that are wanted", state.Process(Opening with { Steps = 1 }).Refusal);
        Assert.Equal(2, Apply(state, Opening with { Steps = 2 }).Steps);
        var finished = Apply(Apply(state, Opening with { Steps = 2 }), new FinishRun());
        Assert.NotNull(finished.Process(Opening with { Steps = 1 }).Refusal);
    }

    [Fact]
    public void A_commit_moves_step_policy_and_cursor_together()
    {
        var state = Apply(Apply(RunState.Empty, Opening), Commit(1, 4));
        Assert.Equal((new StepNumber(1), new PolicyVersion(1), 4L), (state.Step, state.Policy, state.PromptCursor));
        Assert.Equal("step-000001", state.Checkpoint!.Name);
        Assert.Equal(8, Apply(state, Commit(2, 4)).PromptCursor);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(3)]
    public void A_step_that_does_not_follow_the_last_is_refused(int step)
    {
        var state = Apply(Apply(RunState.Empty, Opening), Commit(1, 4));
        Assert.Contains("does not follow step 1", state.Process(Commit(step, 4)).Refusal);
    }

    [Fact]
    [Trait("Contract", "C1")]
    public void A_step_that_does_not_account_for_each_group_exactly_once_is_refused()
    {
        var state = Apply(RunState.Empty, Opening);
        var commit = Commit(1, 4);
        Assert.NotNull(state.Process(commit with { Groups = commit.Groups.Skip(1).ToArray() }).Refusal);
        Assert.NotNull(state.Process(commit with { Groups = [.. commit.Groups, commit.Groups[0]] }).Refusal);
        Assert.NotNull(state.Process(commit with { Groups = [commit.Groups[0], commit.Groups[0], commit.Groups[2], commit.Groups[3]] }).Refusal);
    }

    [Fact]
    [Trait("Contract", "C1")]
    public void A_dropped_group_is_journaled_with_its_reason_before_its_step()
    {
        var commit = Commit(1, 2);
        commit = commit with { Groups = [commit.Groups[0] with { Dropped = DropReason.NothingCounted }, commit.Groups[1]] };
        var events = Apply(RunState.Empty, Opening).Process(commit).Events;
        Assert.Equal(new GroupDropped(commit.Groups[0].Group, 0, DropReason.NothingCounted), events[0]);
        Assert.IsType<StepCommitted>(events[1]);
    }

    [Theory]
    [InlineData(2, "E12E3E")]
    [InlineData(1, "E1E2E3E")]
    [InlineData(0, "E123E")]
    [InlineData(null, "123")]
    public void Work_is_steps_with_evaluations_at_start_marks_and_end(int? every, string expected)
    {
        var (state, done) = (Apply(RunState.Empty, Opening), "");
        while (state.Next(every) is var next && next != NextWork.Finish)
        {
            done += next == NextWork.Evaluate ? "E" : $"{state.Step.Next}";
            state = next == NextWork.Evaluate
                ? Apply(state, new RecordEvaluation(state.Policy, Figures))
                : Apply(state, Commit((int)state.Step.Next.Value, 4));
        }
        Assert.Equal(expected, done);
    }

    [Fact]
    public void An_evaluation_of_another_policy_than_the_committed_one_is_refused() =>
        Assert.NotNull(Apply(RunState.Empty, Opening).Process(new RecordEvaluation(new PolicyVersion(1), Figures)).Refusal);

    [Fact]
    public void A_finished_run_is_not_continued_unless_it_is_given_more_steps()
    {
        var state = Apply(RunState.Empty, Opening);
        for (var step = 1; step <= 3; step++) state = Apply(state, Commit(step, 4));
        state = Apply(state, new FinishRun());
        Assert.Empty(state.Process(Opening).Events);
        Assert.Empty(state.Process(new FinishRun()).Events);
        var extended = Apply(state, Opening with { Steps = 5 });
        Assert.False(extended.IsFinished);
        Assert.Equal(NextWork.Step, extended.Next(null));
    }

    private static RunState Apply(RunState state, IRunCommand command)
    {
        var decision = state.Process(command);
        Assert.Null(decision.Refusal);
        return decision.Events.Aggregate(state, (before, happened) => before.Apply(happened));
    }

    private static CommitStep Commit(int step, int prompts) => new(
        new StepNumber(step), new PolicyVersion(step), prompts, new CheckpointRecord($"step-{step:D6}", []), Figures,
        [.. Enumerable.Range(0, prompts).Select(i => new GroupOutcome(
            new GroupId(new WaveId(new StepNumber(step), i / 2), i % 2), i, null, 1, 4, 100, false))]);
}
