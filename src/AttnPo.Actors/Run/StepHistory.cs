using AttnPo.Actors.Protocol;

namespace AttnPo.Actors.Run;

/// <summary>How far a wave came.</summary>
/// <param name="Sampled">Its prompts were drawn.</param>
/// <param name="Generated">Null: not yet.</param>
/// <param name="Judged">Null: not yet.</param>
public sealed record WaveHistory(WaveSampled Sampled, WaveGenerated? Generated = null, WaveJudged? Judged = null);

/// <summary>What became of a group.</summary>
/// <param name="Id">The group.</param>
/// <param name="Prompt">Index of its prompt.</param>
/// <param name="Wave">The wave that it travels in; null where a version journaled it that kept no waves.</param>
/// <param name="Outcome">How it ended; null: its step is under way.</param>
public sealed record GroupHistory(GroupId Id, long Prompt, WaveHistory? Wave, GroupOutcome? Outcome);

/// <summary>All that the ledger says of a step.</summary>
/// <param name="Step">The step.</param>
/// <param name="Events">Its events, in order.</param>
/// <param name="Waves">Its waves, in order.</param>
/// <param name="Committed">Null: it is under way.</param>
/// <param name="Checkpoint">Its weights on disk, as they were written; null: they are in the ledger.</param>
public sealed record StepHistory(
    StepNumber Step, IReadOnlyList<LedgerEvent> Events, IReadOnlyList<WaveHistory> Waves, StepCommitted? Committed,
    CheckpointRecord? Checkpoint)
{
    /// <summary>Each group that it sampled, in order.</summary>
    public IReadOnlyList<GroupHistory> Groups { get; } = GroupsOf(Waves, Committed);

    /// <summary>Collects a step's events; reading ends with the next step's commit.</summary>
    public static StepHistory Of(StepNumber step, IEnumerable<LedgerEvent> ledger)
    {
        var events = ledger.TakeWhile(entry => entry.Happened is not StepCommitted later || later.Step.Value <= step.Value)
            .Where(entry => StepOf(entry.Happened) == step).ToArray();
        var waves = new SortedDictionary<int, WaveHistory>();
        StepCommitted? committed = null;
        CheckpointRecord? checkpoint = null;
        foreach (var (_, happened) in events)
        {
            switch (happened)
            {
                case WaveSampled sampled:
                    waves[sampled.Wave.Index] = new WaveHistory(sampled);
                    break;
                case WaveGenerated generated:
                    waves[generated.Wave.Index] = waves[generated.Wave.Index] with { Generated = generated };
                    break;
                case WaveJudged judged:
                    waves[judged.Wave.Index] = waves[judged.Wave.Index] with { Judged = judged };
                    break;
                case StepCommitted commit:
                    (committed, checkpoint) = (commit, commit.Checkpoint);
                    break;
                case CheckpointWritten written:
                    checkpoint = written.Checkpoint;
                    break;
            }
        }
        return new StepHistory(step, events, [.. waves.Values], committed, checkpoint);
    }

    private static StepNumber? StepOf(RunEvent happened) => happened switch
    {
        WaveSampled sampled => sampled.Wave.Step,
        WaveGenerated generated => generated.Wave.Step,
        WaveJudged judged => judged.Wave.Step,
        GroupDropped dropped => dropped.Group.Wave.Step,
        StepCommitted committed => committed.Step,
        CheckpointWritten written => written.Step,
        Evaluated evaluated => evaluated.Step,
        HeadsProbed probed => probed.Step,
        HeadsSelected selected => selected.Step,
        _ => null,
    };

    private static IReadOnlyList<GroupHistory> GroupsOf(IReadOnlyList<WaveHistory> waves, StepCommitted? committed)
    {
        var outcomes = committed?.Groups.ToDictionary(group => group.Group) ?? [];
        var sampled = waves.SelectMany(wave => wave.Sampled.Prompts.Select((prompt, i) =>
        {
            var id = new GroupId(wave.Sampled.Wave, i);
            return new GroupHistory(id, prompt, wave, outcomes.GetValueOrDefault(id));
        })).ToList();
        var known = sampled.Select(group => group.Id).ToHashSet();
        return [.. sampled, .. outcomes.Values.Where(outcome => !known.Contains(outcome.Group))
            .Select(outcome => new GroupHistory(outcome.Group, outcome.Prompt, null, outcome))];
    }
}
