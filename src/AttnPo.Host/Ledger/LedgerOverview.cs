using System.Globalization;
using AttnPo.Actors.Protocol;
using AttnPo.Actors.Run;
using AttnPo.Host.Progress;

namespace AttnPo.Host.Ledger;

/// <summary>
/// A run in lines: what it is, a line a step, what else happened, and the step under way. Of each kind it keeps the last few, so a
/// run may be long.
/// </summary>
/// <param name="shown">Lines of each kind.</param>
internal sealed class LedgerOverview(int shown)
{
    private readonly Tail<(StepCommitted Commit, CheckpointRecord? Checkpoint)> _steps = new(shown);
    private readonly Tail<string> _continuations = new(shown), _pauses = new(shown), _evaluations = new(shown), _heads = new(shown);
    private readonly SortedDictionary<int, WaveHistory> _open = [];
    private StepNumber _committed;
    private long? _first;

    /// <summary>Takes the next event.</summary>
    public void Apply(LedgerEvent entry)
    {
        _first ??= entry.Sequence;
        var happened = entry.Happened;
        switch (happened)
        {
            case RunContinued continued:
                var (version, steps) = (continued.CodeVersion, continued.Steps);
                _continuations.Add($"after step {_committed} at {LedgerText.At(continued)}, version {version}, {steps} steps wanted");
                break;
            case WaveSampled sampled:
                _open[sampled.Wave.Index] = new WaveHistory(sampled);
                break;
            case WaveGenerated generated when _open.TryGetValue(generated.Wave.Index, out var wave):
                _open[generated.Wave.Index] = wave with { Generated = generated };
                break;
            case WaveJudged judged when _open.TryGetValue(judged.Wave.Index, out var wave):
                _open[judged.Wave.Index] = wave with { Judged = judged };
                break;
            case StepCommitted committed:
                _committed = committed.Step;
                _open.Clear();
                _steps.Add((committed, committed.Checkpoint));
                break;
            case CheckpointWritten written:
                _steps.Change(step => step.Commit.Step == written.Step, step => (step.Commit, written.Checkpoint));
                break;
            case Evaluated evaluated:
                _evaluations.Add($"at step {evaluated.Step}, policy {evaluated.Policy}: {RunFigures.HeldOut(evaluated.Metrics)}");
                break;
            case HeadsProbed probed:
                _heads.Add($"at step {probed.Step}, policy {probed.Policy}: {RunFigures.Heads(probed.Metrics)}, of {string.Join(' ', probed.Heads)}");
                break;
            case HeadsSelected selected:
                _heads.Add(
                    $"re-selected after step {selected.Step}: "
                    + RunFigures.Reselected(selected.Heads, selected.Former, selected.Accuracy, selected.FormerAccuracy));
                break;
            case RunPaused paused:
                var waves = paused.Waves == 0 ? "" : $" and {paused.Waves} judged waves of the next";
                _pauses.Add($"paused after step {paused.Step}{waves} at {LedgerText.At(paused)}");
                break;
            case RunResumed resumed:
                _pauses.Add($"resumed after step {resumed.Step} at {LedgerText.At(happened)}");
                break;
        }
    }

    /// <summary>The lines.</summary>
    /// <param name="started">How the run began.</param>
    /// <param name="status">Where it stands.</param>
    /// <param name="isOnDisk">Whether a checkpoint is still there.</param>
    public IEnumerable<string> Lines(RunStarted started, RunProtocol.RunStatus status, Func<CheckpointRecord, bool> isOnDisk)
    {
        yield return $"run {started.Run}: seed {started.Seed}, settings {Short(started.SettingsHash)}, version {started.CodeVersion}, "
            + $"started {LedgerText.At(started)}";
        yield return $"{status.Step} of {status.Steps} steps committed, policy {status.Policy}, last checkpoint "
            + (status.Checkpoint == StepNumber.Start ? "none" : $"of step {status.Checkpoint}")
            + (status.State == "Stopped" ? "" : $"; {status.State.ToLowerInvariant()}");
        yield return $"groups: {status.Groups.Used} used, dropped: {LedgerText.Dropped(status.Groups.Dropped)}";
        if (_first > 1)
            yield return $"the first {_first - 1} events are pruned for their age (ledger.keep-steps); what follows begins after them";
        if (_steps.Count > 0)
        {
            yield return "";
            yield return Line("step", "committed", "policy", "used", "zero", "waves", "accuracy", "tokens", "weights", "dropped");
            if (_steps.Left > 0) yield return $"  ... {_steps.Left} earlier; --all shows them";
            foreach (var (commit, checkpoint) in _steps) yield return Line(commit, Weights(checkpoint));
        }

        foreach (var line in Section($"started again: {_continuations.Count}", _continuations)
            .Concat(Section("pauses", _pauses)).Concat(Section("held-out", _evaluations)).Concat(Section("heads", _heads)).Concat(OpenStep()))
            yield return line;

        string Weights(CheckpointRecord? checkpoint) =>
            checkpoint is null ? "in ledger" : isOnDisk(checkpoint) ? "checkpoint" : "checkpoint, pruned";
    }

    private static string Line(StepCommitted commit, string weights)
    {
        var (groups, metrics) = (commit.Groups, commit.Metrics);
        return Line(
            $"{commit.Step}", LedgerText.At(commit), $"{commit.Policy}", $"{groups.Count(group => group.Dropped is null)}",
            $"{groups.Count(group => group.ZeroAdvantage)}", $"{groups.Select(group => group.Group.Wave).Distinct().Count()}",
            LedgerText.Figure(metrics, "rollout/accuracy", "0.000"), LedgerText.Figure(metrics, "rollout/tokens_mean", "0.0"), weights,
            LedgerText.Dropped(new GroupCounts(0, new Dictionary<DropReason, long>()).Plus(groups).Dropped));
    }

    // The last column is the one that may be long.
    private static string Line(params string[] cells) => string.Create(
        CultureInfo.InvariantCulture,
        $"{cells[0],6}  {cells[1],-20}  {cells[2],-6}  {cells[3],5}  {cells[4],5}  {cells[5],5}  {cells[6],8}  {cells[7],8}  ")
        + $"{cells[8],-18}  {cells[9]}";

    private static IEnumerable<string> Section(string title, Tail<string> lines)
    {
        if (lines.Count == 0) yield break;
        yield return "";
        yield return title;
        if (lines.Left > 0) yield return $"  ... {lines.Left} earlier; --all shows them";
        foreach (var line in lines) yield return "  " + line;
    }

    private IEnumerable<string> OpenStep()
    {
        if (_open.Count == 0) yield break;
        yield return "";
        yield return $"step {_committed.Next} is under way";
        foreach (var wave in _open.Values)
            yield return $"  wave {wave.Sampled.Wave}: {wave.Sampled.Prompts.Count} groups, {LedgerText.Stage(wave)}";
    }

    private static string Short(string hash) => hash.Length > 12 ? hash[..12] : hash;
}
