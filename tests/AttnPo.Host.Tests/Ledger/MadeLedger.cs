using AttnPo.Actors.Protocol;
using AttnPo.Actors.Run;
using AttnPo.Core.Data;
using AttnPo.Core.Steps;
using AttnPo.Core.Text;
using AttnPo.Core.Verification;
using AttnPo.Gpu;

namespace AttnPo.Host.Tests.Ledger;

/// <summary>The ledger of a run of few steps, made by hand: each of two waves and three groups.</summary>
internal static class MadeLedger
{
    public static readonly DateTimeOffset At = new(2026, 3, 4, 5, 6, 7, TimeSpan.Zero);

    public static readonly RunStarted Started = new(new RunId("abc"), new string('f', 64), "0.2.0", 7, 9) { At = At };

    /// <summary>Waves 0 (two groups) and 1 (one) of a step, drawn, generated and judged.</summary>
    public static IEnumerable<RunEvent> Waves(long step)
    {
        var (first, second) = (new WaveId(new StepNumber(step), 0), new WaveId(new StepNumber(step), 1));
        yield return new WaveSampled(first, step * 3, [10, 11]);
        yield return new WaveSampled(second, step * 3 + 2, [12]);
        foreach (var wave in (WaveId[])[first, second])
        {
            yield return new WaveGenerated(wave, new PolicyVersion(step - 1), Blob($"step-{step:D6}/wave-{wave.Index:D4}-rollouts"), 1.5);
            yield return new WaveJudged(wave, Blob($"step-{step:D6}/wave-{wave.Index:D4}-judgement"), 0.25, 0.5);
        }
    }

    /// <summary>The first group used, the second without a gradient, the third dropped.</summary>
    public static StepCommitted Committed(long step, CheckpointRecord? checkpoint = null) => new(
        new StepNumber(step), new PolicyVersion(step), step * 3, checkpoint,
        new Dictionary<string, double> { ["rollout/accuracy"] = 0.625, ["rollout/tokens_mean"] = 83.25 },
        [
            new GroupOutcome(Group(step, 0, 0), 10, null, 1, 2, 40, false),
            new GroupOutcome(Group(step, 0, 1), 11, null, 2, 2, 30, true),
            new GroupOutcome(Group(step, 1, 0), 12, DropReason.GenerationFailed, 0, 0, 0, false),
        ]) { At = At };

    public static GroupId Group(long step, int wave, int index) => new(new WaveId(new StepNumber(step), wave), index);

    /// <summary>Numbered as a journal would.</summary>
    public static LedgerEvent[] Numbered(params IEnumerable<RunEvent> events) =>
        [.. events.Select((happened, i) => new LedgerEvent(i + 1, happened))];

    public static StepHistory History(long step, bool committed = true) => StepHistory.Of(
        new StepNumber(step), Numbered(committed ? [.. Waves(step), Committed(step)] : [.. Waves(step)]));

    /// <summary>A group of two rollouts, one rescaled, one cut off; its texts hold what a terminal would obey.</summary>
    public static StoredGroup Stored(bool judged = true)
    {
        const string text = "So é\u001b[2J it is.\nWait, 😀 no.</think>\\boxed{4}";
        var (first, second) = (text.IndexOf('\n') + 1, text.IndexOf("</think>", StringComparison.Ordinal));
        var rescaled = new StoredJudgement(
            new ReadResponse(text, Verdict.Correct, "4", 5, [], []), 0.9, 0.5, true, 0.0625,
            [
                new StoredStep(
                    new Step(0, first, StepClass.Backward, "So"), new TokenSpan(0, 3), 0.25, 1, StepMark.Kept, StepLabel.Essential),
                new StoredStep(
                    new Step(first, second, StepClass.Confused, "Wait"), new TokenSpan(3, 5), 0.01, 0.75, StepMark.Attenuated,
                    StepLabel.Redundant),
            ]);
        var truncated = new StoredJudgement(
            new ReadResponse("So so", Verdict.Truncated, null, -1, [], []), 0, -0.5, false, null,
            [new StoredStep(new Step(0, 5, StepClass.Backward, "So"), new TokenSpan(0, 2), null, 1, null, null)]);
        return new StoredGroup(
            Group(3, 0, 0), 9, new Prompt(10, "what?\n<think>\u0007\n", "4"), [5, 6, 7], new PolicyVersion(2),
            [
                new StoredRollout(
                    new Completion(9, 0, [1, 2, 3, 4, 5, 6], [-0.5f, -1, -0.25f, 0, 0, 0], FinishReason.Stop), judged ? rescaled : null),
                new StoredRollout(
                    new Completion(9, 1, [1, 2], [-0.5f, float.NegativeInfinity], FinishReason.Length), judged ? truncated : null),
            ]);
    }

    private static BlobRecord Blob(string name) => new($"{name}-{new string('a', 64)}.jsonl", 1234, new string('a', 64));
}
