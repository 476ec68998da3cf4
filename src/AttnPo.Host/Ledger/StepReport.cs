using System.Globalization;
using AttnPo.Actors.Protocol;
using AttnPo.Actors.Run;
using AttnPo.Core.Data;

namespace AttnPo.Host.Ledger;

/// <summary>A step in lines: each wave with its files, each group with its end.</summary>
internal static class StepReport
{
    /// <summary>The lines.</summary>
    /// <param name="step">The step.</param>
    /// <param name="rolloutsSince">The oldest step whose rollouts are on disk.</param>
    public static IEnumerable<string> Lines(StepHistory step, StepNumber? rolloutsSince)
    {
        yield return step.Committed is { } committed
            ? $"step {step.Step}: committed at {LedgerText.At(committed)}, made policy {committed.Policy}, weights in "
                + (step.Checkpoint is { } checkpoint ? $"checkpoints/{checkpoint.Name}" : "the ledger")
            : $"step {step.Step}: under way";
        if (step.Committed is { Metrics: var metrics } && metrics.ContainsKey("sample/epoch"))
            yield return $"prompts: {LedgerText.Figure(metrics, "sample/epoch", "0.00")} epochs read, "
                + $"passed over: {LedgerText.Skipped(Skipped(step))}";
        if (rolloutsSince is { } since && since.Value > step.Step.Value)
            yield return $"its files are pruned; rollouts are kept since step {since}";
        foreach (var wave in step.Waves)
        {
            yield return "";
            var sampled = wave.Sampled;
            yield return $"wave {sampled.Wave}: {LedgerText.Stage(wave)}, {sampled.Prompts.Count} groups from position {sampled.Position}"
                + (sampled.Skipped is null ? "" : $" (passed over: {LedgerText.Skipped(sampled.Skipped)})")
                + (wave.Generated is { } by ? $", written by policy {by.Policy}" : "");
            if (wave.Generated is { } generated)
                yield return File("rollouts", generated.Rollouts, Seconds("generated", generated.Seconds));
            if (wave.Judged is { } judged)
            {
                var times = $"{Seconds("verified", judged.VerifySeconds)}, {Seconds("scored", judged.ScoreSeconds)}";
                yield return File("judgement", judged.Judgement, times);
            }

            foreach (var group in step.Groups.Where(group => group.Id.Wave == sampled.Wave)) yield return Line(group);
        }

        foreach (var group in step.Groups.Where(group => group.Wave is null)) yield return Line(group);
    }

    private static SkippedPrompts Skipped(StepHistory step) =>
        step.Waves.Aggregate(SkippedPrompts.None, (sum, wave) => sum.Plus(wave.Sampled.Skipped ?? SkippedPrompts.None));

    private static string Line(GroupHistory group)
    {
        var line = string.Create(CultureInfo.InvariantCulture, $"  group {group.Id,-12} prompt {group.Prompt,-7} ");
        return line + group.Outcome switch
        {
            null => "open",
            { Dropped: { } reason } => $"dropped: {LedgerText.Word(reason)}",
            var used => $"used: {used.Correct} of {used.Rollouts} correct, {used.Tokens} tokens"
                + (used.ZeroAdvantage ? ", zero advantage" : ""),
        };
    }

    private static string File(string what, BlobRecord blob, string times) =>
        string.Create(CultureInfo.InvariantCulture, $"  {what,-10} rollouts/{blob.Name} ({blob.Bytes} bytes; {times})");

    private static string Seconds(string what, double seconds) =>
        string.Create(CultureInfo.InvariantCulture, $"{what} in {seconds:0.00} s");
}
