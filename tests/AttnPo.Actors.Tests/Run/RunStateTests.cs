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
        Assert.Contains("does not follow step 1", Begin(state, Waves(2, 4)).Process(Commit(step, 4)).Refusal);
    }

    [Fact]
    [Trait("Contract", "C1")]
    public void A_step_that_does_not_account_for_each_group_exactly_once_is_refused()
    {
        var state = Begin(Apply(RunState.Empty, Opening), Waves(1, 4));
        var commit = Commit(1, 4);
        Assert.Null(state.Process(commit).Refusal);
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
        var events = Begin(Apply(RunState.Empty, Opening), Waves(1, 2)).Process(commit).Events;
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

    [Fact]
    [Trait("Contract", "C2")]
    public void A_step_is_not_committed_before_the_ledger_holds_all_its_waves_judged()
    {
        var state = Begin(Apply(RunState.Empty, Opening), Waves(1, 4)[..^1]);
        Assert.Contains("the ledger holds 2 of them judged", state.Process(Commit(1, 4)).Refusal);
    }

    [Fact]
    [Trait("Contract", "C2")]
    public void Steps_committed_in_the_ledger_are_kept_with_their_waves_until_a_checkpoint_holds_them()
    {
        var state = Apply(Apply(RunState.Empty, Opening with { Steps = 9 }), Commit(1, 4));
        state = Apply(Apply(state, Commit(2, 4) with { Checkpoint = null }), Commit(3, 4) with { Checkpoint = null });
        Assert.Equal(("step-000001", new StepNumber(1)), (state.Checkpoint!.Name, state.CheckpointStep));
        Assert.Equal([2, 3], state.SinceCheckpoint.Select(step => step.Step.Value));
        Assert.Equal(["2/0", "2/1"], state.SinceCheckpoint[0].Waves.Select(wave => $"{wave.Wave}"));
        Assert.All(state.SinceCheckpoint.SelectMany(step => step.Waves), wave => Assert.NotNull(wave.Judgement));
        Assert.Empty(state.OpenWaves);

        var record = new CheckpointRecord("step-000003", []);
        var asked = Apply(state, new RecordCheckpoint(new StepNumber(3), record));
        Assert.Equal((record, new StepNumber(3)), (asked.Checkpoint, asked.CheckpointStep));
        Assert.Empty(asked.SinceCheckpoint);
        Assert.Empty(asked.Process(new RecordCheckpoint(new StepNumber(3), record)).Events);
        Assert.NotNull(asked.Process(new RecordCheckpoint(new StepNumber(2), record)).Refusal);
    }

    [Fact]
    [Trait("Contract", "C1")]
    public void What_is_known_of_a_wave_is_not_journaled_again_and_each_stage_follows_the_one_before()
    {
        var state = Apply(RunState.Empty, Opening);
        var (sampled, generated, judged) = (Waves(1, 4)[0], Waves(1, 4)[1], Waves(1, 4)[2]);
        Assert.NotNull(state.Process(generated).Refusal);
        state = Apply(state, sampled);
        Assert.NotNull(state.Process(judged).Refusal);
        Assert.Empty(state.Process(sampled).Events);
        state = Apply(Apply(state, generated), judged);
        foreach (var command in (IRunCommand[])[sampled, generated, judged]) Assert.Empty(state.Process(command).Events);
        Assert.Equal(1, state.JudgedWaves);
        Assert.NotNull(state.Process(Waves(2, 4)[0]).Refusal);
    }

    [Fact]
    [Trait("Contract", "C8")]
    public void Rollouts_of_another_policy_than_the_committed_one_do_not_enter_the_ledger()
    {
        var state = Apply(Apply(RunState.Empty, Opening), Waves(1, 4)[0]);
        var generated = (WaveGenerated)Waves(1, 4)[1].Progress;
        Assert.Contains("another policy", state.Process(new RecordWave(generated with { Policy = new PolicyVersion(1) })).Refusal);
    }

    [Fact]
    [Trait("Contract", "C7")]
    public void A_paused_run_stays_paused_until_it_is_resumed()
    {
        var state = Apply(Begin(Apply(RunState.Empty, Opening), Waves(1, 4)[..3]), new PauseRun());
        Assert.True(state.IsPaused);
        Assert.Empty(state.Process(new PauseRun()).Events);
        Assert.True(Apply(state, Opening).IsPaused);
        var resumed = Apply(state, new ResumeRun());
        Assert.False(resumed.IsPaused);
        Assert.Empty(resumed.Process(new ResumeRun()).Events);
        Assert.Equal(1, resumed.JudgedWaves);
    }

    [Fact]
    [Trait("Contract", "C1")]
    public void The_ends_of_all_groups_are_counted()
    {
        var commit = Commit(1, 4);
        commit = commit with { Groups = [commit.Groups[0] with { Dropped = DropReason.GenerationFailed }, .. commit.Groups.Skip(1)] };
        var state = Apply(Apply(Apply(RunState.Empty, Opening), commit), Commit(2, 4));
        Assert.Equal(7, state.Groups.Used);
        Assert.Equal(1, state.Groups.Dropped[DropReason.GenerationFailed]);
    }

    [Fact]
    public void A_saved_state_comes_back_as_it_was()
    {
        var state = Apply(Apply(RunState.Empty, Opening with { Steps = 9 }), Commit(1, 4));
        state = Apply(Apply(state, Commit(2, 4) with { Checkpoint = null }), new RecordEvaluation(new PolicyVersion(2), Figures));
        state = Apply(Begin(state, Waves(3, 4)[..3]), new PauseRun());
        var saved = new RunSnapshot(state, new ArchiveRecord("events", 12, "ab", 31), new MetricsMark(99, "cd"));

        var written = RunEventSerializer.Write(saved);
        var back = (RunSnapshot)RunEventSerializer.Read(written, RunEventSerializer.KindOf(saved));

        Assert.Equal(System.Text.Encoding.UTF8.GetString(written), System.Text.Encoding.UTF8.GetString(RunEventSerializer.Write(back)));
        Assert.Equal((state.Step, state.CheckpointStep, true), (back.State.Step, back.State.CheckpointStep, back.State.IsPaused));
        Assert.Equal(state.SinceCheckpoint[0].Waves, back.State.SinceCheckpoint[0].Waves);
        Assert.Equal(state.OpenWaves, back.State.OpenWaves);
        Assert.Equal(state.Started, back.State.Started);
    }

    /// <summary>Sampled, generated and judged, of two waves with half of the prompts each.</summary>
    private static RecordWave[] Waves(int step, int prompts) =>
    [
        .. from index in Enumerable.Range(0, 2)
           let wave = new WaveId(new StepNumber(step), index)
           from progress in (RunEvent[])
           [
               new WaveSampled(wave, index, [.. Enumerable.Range(0, prompts / 2).Select(i => (long)i)]),
               new WaveGenerated(wave, new PolicyVersion(step - 1), new BlobRecord($"r{wave}", 1, "r"), 0.5),
               new WaveJudged(wave, new BlobRecord($"j{wave}", 1, "j"), 0.25, 0.125),
           ]
           select new RecordWave(progress),
    ];

    private static RunState Begin(RunState state, IEnumerable<RecordWave> waves) => waves.Aggregate(state, Apply);

    private static RunState Apply(RunState state, IRunCommand command)
    {
        // A step's waves are in the ledger before it is committed.
        if (command is CommitStep commit && state.OpenWaves.Count == 0) state = Begin(state, Waves((int)commit.Step.Value, commit.Prompts));
        var decision = state.Process(command);
        Assert.Null(decision.Refusal);
        return decision.Events.Aggregate(state, (before, happened) => before.Apply(happened));
    }

    private static CommitStep Commit(int step, int prompts) => new(
        new StepNumber(step), new PolicyVersion(step), prompts, 16, new CheckpointRecord($"step-{step:D6}", []), Figures,
        [.. Enumerable.Range(0, prompts).Select(i => new GroupOutcome(
            new GroupId(new WaveId(new StepNumber(step), i / 2), i % 2), i, null, 1, 4, 100, false))]);
}
