using System.Globalization;
using AttnPo.Actors.Protocol;
using AttnPo.Actors.Run;

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
        if (rolloutsSince is { } since && since.Value > step.Step.Value)
            yield return $"its files are pruned; rollouts are kept since step {since}";
        foreach (var wave in step.Waves)
        {
            yield return "";
            yield return $"wave {wave.Sampled.Wave}: {LedgerText.Stage(wave)}, {wave.Sampled.Prompts.Count} groups from position {wave.Sampled.Position}"
                + (wave.Generated is { } by ? $", written by policy {by.Policy}" : "");
            if (wave.Generated is { } generated) yield return File("rollouts", generated.Rollouts, Seconds(("generated", generated.Seconds)));
            if (wave.Judged is { } judged)
                yield return File("judgement", judged.Judgement, Seconds(("verified", judged.VerifySeconds), ("scored", judged.ScoreSeconds)));
            foreach (var group in step.Groups.Where(group => group.Id.Wave == wave.Sampled.Wave)) yield return Line(group);
        }

        foreach (var group in step.Groups.Where(group => group.Wave is null)) yield return Line(group);
    }

    private static string Line(GroupHistory group)
    {
        var line = string.Create(CultureInfo.InvariantCulture, $"  group {group.Id,-12} prompt {group.Prompt,-7} ");
        return line + group.Outcome switch
        {
            null => "open",
            { Dropped: { } reason } => $"dropped: {LedgerText.Word(reason)}",
            var used => $"used: {used.Correct} of {used.Rollouts} correct, {used.Tokens} tokens" + (used.ZeroAdvantage ? ", zero advantage" : ""),
        };
    }

    private static string File(string what, BlobRecord blob, string seconds) =>
        string.Create(CultureInfo.InvariantCulture, $"  {what,-10} rollouts/{blob.Name} ({blob.Bytes} bytes; {seconds})");

    private static string Seconds(params (string What, double Seconds)[] times) =>
        string.Join(", ", times.Select(time => string.Create(CultureInfo.InvariantCulture, $"{time.What} in {time.Seconds:0.00} s")));
}
