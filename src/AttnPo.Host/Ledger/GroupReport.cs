using System.Globalization;
using AttnPo.Actors.Run;
using AttnPo.Gpu;

namespace AttnPo.Host.Ledger;

/// <summary>A group in lines: its end, its prompt, and each rollout with the steps of its reasoning.</summary>
internal static class GroupReport
{
    private const int ExcerptCharacters = 72;

    /// <summary>The lines. Text from outside is safe for a terminal.</summary>
    /// <param name="group">What became of it.</param>
    /// <param name="step">Its step.</param>
    /// <param name="stored">Its files' content; null: there is none.</param>
    public static IEnumerable<string> Lines(GroupHistory group, StepHistory step, StoredGroup? stored)
    {
        yield return $"group {group.Id}: prompt {group.Prompt}"
            + (stored is null ? "" : $", position {stored.Position}, written by policy {stored.Policy}");
        yield return Fate(group, step);
        if (stored is null)
        {
            yield return "no rollouts: " + (group.Wave is null ? "the version that made this step kept none by group"
                : group.Wave.Generated is null ? "its wave is not generated yet, and the prompt's text comes with them"
                : "it was dropped before");
            yield break;
        }

        yield return "prompt:";
        foreach (var line in stored.Prompt.Text.TrimEnd('\n').Split('\n')) yield return "  " + TerminalText.Safe(line);
        yield return $"gold: {TerminalText.Safe(stored.Prompt.Gold.Text)}";
        foreach (var rollout in stored.Rollouts)
        {
            yield return "";
            foreach (var line in Lines(group, rollout)) yield return line;
        }
    }

    private static string Fate(GroupHistory group, StepHistory step)
    {
        var committed = $"step {step.Step}, committed at {LedgerText.At(step.Committed)}, policy {step.Committed?.Policy}";
        return group.Outcome switch
        {
            null => $"open: step {step.Step} is under way, wave {LedgerText.Stage(group.Wave)}",
            { Dropped: { } reason } => $"dropped: {LedgerText.Word(reason)} ({committed})",
            var used => $"used by {committed}: {used.Correct} of {used.Rollouts} correct, {used.Tokens} tokens"
                + (used.ZeroAdvantage ? "; zero advantage: all its rollouts are worth the same" : ""),
        };
    }

    private static IEnumerable<string> Lines(GroupHistory group, StoredRollout rollout)
    {
        var (completion, judgement) = rollout;
        var length = $"{completion.Tokens.Length} tokens"
            + (completion.Finish == FinishReason.Length ? ", cut off at the limit on its length" : "");
        var name = $"rollout {group.Id}/{completion.Sample}: ";
        if (judgement is null)
        {
            yield return $"{name}not judged yet, {length}";
            yield break;
        }

        var response = judgement.Response;
        yield return $"{name}{LedgerText.Word(response.Verdict)}, answer {(response.Answer is { } answer ? Excerpt(answer) : "none")}, "
            + string.Create(CultureInfo.InvariantCulture, $"reward {judgement.Reward:0.0000}, ")
            + string.Create(CultureInfo.InvariantCulture, $"advantage {judgement.Advantage:+0.0000;-0.0000;0}, ")
            + length + (judgement.Counted ? "" : ", not counted")
            + (judgement.Baseline is { } baseline ? $", baseline {Number(baseline)}" : ", not rescaled");
        if (judgement.Steps.Count > 0) yield return Cells("step", "class", "score", "factor", "mark", "label", "text");
        foreach (var (i, step) in judgement.Steps.Index())
        {
            yield return Cells(
                $"{i}", LedgerText.Word(step.Step.Class), Number(step.Score), Number(step.Factor),
                step.Mark is { } mark ? LedgerText.Word(mark) : "-", step.Label is { } label ? LedgerText.Word(label) : "-",
                Excerpt(response.Text[step.Step.Start..step.Step.End]));
        }

        var rest = response.Text[(judgement.Steps.Count == 0 ? 0 : judgement.Steps[^1].Step.End)..];
        if (rest.Length > 0) yield return Cells("", "then", "", "", "", "", Excerpt(rest));
    }

    private static string Cells(params string[] cells) => string.Create(
        CultureInfo.InvariantCulture,
        $"{cells[0],6}  {cells[1],-8}  {cells[2],9}  {cells[3],8}  {cells[4],-10}  {cells[5],-9}  {cells[6]}");

    private static string Excerpt(string text) => TerminalText.Excerpt(text.Trim('\n'), ExcerptCharacters);

    private static string Number(double? value) => value?.ToString("G4", CultureInfo.InvariantCulture) ?? "-";
}
