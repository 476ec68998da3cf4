using AttnPo.Actors.Protocol;
using AttnPo.Actors.Run;
using AttnPo.Core.Data;
using AttnPo.Gpu;
using AttnPo.Host.Ledger;
using Xunit;

namespace AttnPo.Host.Tests.Ledger;

public sealed class LedgerReportTests
{
    [Fact]
    [Trait("Contract", "C1")]
    public void An_overview_tells_each_step_with_its_groups_and_what_else_happened()
    {
        var text = Overview(
            20,
            [
                MadeLedger.Started,
                new Evaluated(default, default, new Dictionary<string, double> { ["eval/accuracy"] = 0.5, ["eval/tokens_mean"] = 90 }),
                new HeadsProbed(
                    default, default, [new HeadId(0, 2)], "ab", new Dictionary<string, double> { ["heads/pearson"] = 1, ["heads/sra"] = 0.75 }, [0.5]),
                new HeadsSelected(default, [new HeadId(1, 0), new HeadId(0, 1)], [new HeadId(0, 2)], 0.9, 0.7, "ab", [0.5]),
                .. MadeLedger.Waves(1), MadeLedger.Committed(1), .. MadeLedger.Waves(2), MadeLedger.Committed(2),
                new CheckpointWritten(new StepNumber(2), new CheckpointRecord("step-000002", [])),
                new RunPaused(new StepNumber(2), 1) { At = MadeLedger.At }, new RunContinued("0.3.0", 12) { At = MadeLedger.At },
                new RunResumed(new StepNumber(2)) { At = MadeLedger.At }, .. MadeLedger.Waves(3).Take(4),
            ],
            isOnDisk: true);

        const string time = "2026-03-04 05:06:07Z";
        AssertHas($"run abc: seed 7, settings ffffffffffff, version 0.2.0, started {time}", text);
        AssertHas("groups: 4 used, dropped: generation_failed 2", text);
        AssertHas($"1  {time}  v1          2      1      2     0.625      83.3  in ledger           generation_failed 1", text);
        AssertHas($"2  {time}  v2          2      1      2     0.625      83.3  checkpoint          generation_failed 1", text);
        AssertHas($"started again: 1\n  after step 2 at {time}, version 0.3.0, 12 steps wanted", text);
        AssertHas($"  paused after step 2 and 1 judged waves of the next at {time}\n  resumed after step 2", text);
        AssertHas("  at step 0, policy v0: accuracy 0.500, 90.0 tokens", text);
        AssertHas(
            "heads\n  at step 0, policy v0: correlation 1.000, step ranking accuracy 0.750, of 0:2\n"
            + "  re-selected after step 0: 1:0 0:1 (step ranking accuracy 0.900) in place of 0:2 (0.700)\n", text);
        Assert.EndsWith("step 3 is under way\n  wave 3/0: 2 groups, judged\n  wave 3/1: 1 groups, sampled", text, StringComparison.Ordinal);
    }

    [Fact]
    [Trait("Contract", "C6")]
    public void An_overview_of_a_long_run_shows_the_last_steps_and_says_how_many_it_leaves_out()
    {
        var checkpoint = new CheckpointRecord("step", []);
        var steps = Enumerable.Range(1, 9).Select(step => MadeLedger.Committed(step, checkpoint));
        var text = Overview(3, [MadeLedger.Started, .. steps], isOnDisk: false);
        Assert.Contains("... 6 earlier; --all shows them", text, StringComparison.Ordinal);
        Assert.DoesNotContain("  v6  ", text, StringComparison.Ordinal);
        Assert.Contains("  v7  ", text, StringComparison.Ordinal);
        Assert.Contains("checkpoint, pruned", text, StringComparison.Ordinal);
        Assert.DoesNotContain("under way", text, StringComparison.Ordinal);
        Assert.DoesNotContain("pruned for their age", text, StringComparison.Ordinal);
    }

    [Fact]
    public void An_overview_of_a_pruned_run_says_that_it_does_not_begin_at_the_beginning()
    {
        var text = Overview(20, [MadeLedger.Started, MadeLedger.Committed(1), MadeLedger.Committed(2)], isOnDisk: false, skip: 2);
        Assert.Contains("the first 2 events are pruned for their age (ledger.keep-steps)", text, StringComparison.Ordinal);
        Assert.Contains("run abc: seed 7", text, StringComparison.Ordinal);
    }

    [Fact]
    [Trait("Contract", "C1")]
    public void A_step_tells_each_waves_files_and_each_groups_end()
    {
        var text = string.Join('\n', StepReport.Lines(MadeLedger.History(3), null));
        AssertHas("step 3: committed at 2026-03-04 05:06:07Z, made policy v3, weights in the ledger\n", text);
        AssertHas("wave 3/0: judged, 2 groups from position 9, written by policy v2", text);
        AssertHas($"  judgement  rollouts/step-000003/wave-0001-judgement-{new string('a', 64)}.jsonl (1234 bytes; ", text);
        AssertHas("(1234 bytes; verified in 0.25 s, scored in 0.50 s)", text);
        AssertHas("  group 3/0/0        prompt 10      used: 1 of 2 correct, 40 tokens\n", text);
        AssertHas("  group 3/0/1        prompt 11      used: 2 of 2 correct, 30 tokens, zero advantage", text);
        Assert.EndsWith("  group 3/1/0        prompt 12      dropped: generation_failed", text, StringComparison.Ordinal);
    }

    [Fact]
    [Trait("Contract", "C1")]
    public void A_step_tells_which_prompts_were_passed_over_and_how_far_the_prompts_are_read()
    {
        var events = MadeLedger.Waves(3)
            .Select(happened => happened is WaveSampled { Wave.Index: 1 } second ? second with { Skipped = new SkippedPrompts(4, 0, 2) } : happened);
        var committed = MadeLedger.Committed(3);
        committed = committed with { Metrics = new Dictionary<string, double>(committed.Metrics) { ["sample/epoch"] = 1.254 } };
        var history = StepHistory.Of(new StepNumber(3), MadeLedger.Numbered([.. events, committed]));
        var text = string.Join('\n', StepReport.Lines(history, null));
        AssertHas("\nprompts: 1.25 epochs read, passed over: too_long 4, unsolved 2\n", text);
        AssertHas("wave 3/0: judged, 2 groups from position 9, written by policy v2", text);
        AssertHas("wave 3/1: judged, 1 groups from position 11 (passed over: too_long 4, unsolved 2), written by policy v2", text);
    }

    [Fact]
    public void A_step_under_way_and_one_whose_files_are_pruned_say_so()
    {
        var open = string.Join('\n', StepReport.Lines(MadeLedger.History(3, committed: false), null));
        Assert.StartsWith("step 3: under way", open, StringComparison.Ordinal);
        Assert.Contains("prompt 12      open", open, StringComparison.Ordinal);
        AssertHas("rollouts are kept since step 5", string.Join('\n', StepReport.Lines(MadeLedger.History(3), new StepNumber(5))));
    }

    [Fact]
    public void A_step_of_a_version_that_kept_no_waves_still_tells_how_its_groups_ended()
    {
        var history = StepHistory.Of(new StepNumber(3), MadeLedger.Numbered(MadeLedger.Committed(3)));
        Assert.Contains("dropped: generation_failed", string.Join('\n', StepReport.Lines(history, null)), StringComparison.Ordinal);
        var group = string.Join('\n', GroupReport.Lines(history.Groups[0], history, null));
        Assert.Contains("used by step 3", group, StringComparison.Ordinal);
        Assert.Contains("the version that made this step kept none", group, StringComparison.Ordinal);
    }

    [Fact]
    public void A_group_tells_its_prompt_its_rollouts_and_what_credit_did_to_each_step()
    {
        var history = MadeLedger.History(3);
        var lines = GroupReport.Lines(history.Groups[0], history, MadeLedger.Stored()).ToArray();
        Assert.Equal("group 3/0/0: prompt 10, position 9, written by policy v2", lines[0]);
        Assert.Equal("used by step 3, committed at 2026-03-04 05:06:07Z, policy v3: 1 of 2 correct, 40 tokens", lines[1]);
        Assert.Equal(["prompt:", "  what?", "  <think>\\u{7}", "gold: 4", ""], lines[2..7]);
        Assert.Equal("rollout 3/0/0/0: correct, answer 4, reward 0.9000, advantage +0.5000, 6 tokens, baseline 0.0625", lines[7]);
        Assert.Equal("     0  backward       0.25         1  kept        essential  So é\\u{1B}[2J it is.", lines[9]);
        Assert.Equal("     1  confused       0.01      0.75  attenuated  redundant  Wait, 😀 no.", lines[10]);
        Assert.EndsWith("</think>\\boxed{4}", lines[11], StringComparison.Ordinal);
        Assert.Equal(
            "rollout 3/0/0/1: truncated, answer none, reward 0.0000, advantage -0.5000, 2 tokens, cut off at the limit on its length,"
            + " not counted, not rescaled", lines[13]);
        Assert.Equal("     0  backward          -         1  -           -          So so", lines[15]);
        Assert.Equal(16, lines.Length);
    }

    [Fact]
    [Trait("Contract", "C1")]
    public void A_group_says_what_became_of_it_whatever_that_is()
    {
        Assert.Equal("dropped: generation_failed (step 3, committed at 2026-03-04 05:06:07Z, policy v3)", Fate(MadeLedger.History(3), 2));
        Assert.Contains("zero advantage", Fate(MadeLedger.History(3), 1), StringComparison.Ordinal);
        Assert.Equal("open: step 3 is under way, wave judged", Fate(MadeLedger.History(3, committed: false), 0));
        var half = StepHistory.Of(new StepNumber(3), MadeLedger.Numbered(MadeLedger.Waves(3).Take(3)));
        Assert.Equal("open: step 3 is under way, wave generated", Fate(half, 0));
        Assert.Equal("open: step 3 is under way, wave sampled", Fate(half, 2));
        AssertHas("not judged yet", string.Join('\n', GroupReport.Lines(half.Groups[0], half, MadeLedger.Stored(judged: false))));
        AssertHas("not generated yet", string.Join('\n', GroupReport.Lines(half.Groups[2], half, null)));

        static string Fate(StepHistory history, int group) => GroupReport.Lines(history.Groups[group], history, null).ElementAt(1);
    }

    [Theory]
    [Trait("Contract", "C9")]
    [InlineData("a\u001b[31mb", "a\\u{1B}[31mb")]
    [InlineData("a\nb\tc\r", "a\\nb\\tc\\u{D}")]
    [InlineData("a\u009bb\u202ec\u2028", "a\\u{9B}b\\u{202E}c\\u{2028}")]
    [InlineData("\\boxed{é😀}", "\\boxed{é😀}")]
    public void Text_from_outside_has_no_power_over_a_terminal(string text, string shown) => Assert.Equal(shown, TerminalText.Safe(text));

    [Fact]
    public void An_excerpt_counts_characters_and_cuts_none_in_two() => Assert.Equal("😀é…", TerminalText.Excerpt("😀é😀", 2));

    private static void AssertHas(string expected, string text) => Assert.Contains(expected, text, StringComparison.Ordinal);

    private static string Overview(int shown, IEnumerable<RunEvent> events, bool isOnDisk, int skip = 0)
    {
        var overview = new LedgerOverview(shown);
        foreach (var entry in MadeLedger.Numbered(events).Skip(skip)) overview.Apply(entry);
        var status = new RunProtocol.RunStatus(
            new RunId("abc"), "Stopped", new StepNumber(2), 9, new PolicyVersion(2), 0, false, [], [], new Dictionary<string, double>())
        {
            Groups = new GroupCounts(4, new Dictionary<DropReason, long> { [DropReason.GenerationFailed] = 2 }),
        };
        return string.Join('\n', overview.Lines(MadeLedger.Started, status, _ => isOnDisk));
    }
}
