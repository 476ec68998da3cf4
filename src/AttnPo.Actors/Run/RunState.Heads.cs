using System.Text.Json.Serialization;
using AttnPo.Actors.Protocol;
using AttnPo.Gpu;

namespace AttnPo.Actors.Run;

/// <summary>What a restart must know of the heads: which are in use, and what their scores are compared with.</summary>
internal sealed partial record RunState
{
    /// <summary>The step after which the heads were looked at last.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public StepNumber? ProbedAt { get; init; }

    /// <summary>The heads that were chosen on the way; null: those of the settings are in use.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public IReadOnlyList<HeadId>? Heads { get; init; }

    /// <summary>Scores of the heads in use, of the first look at them; bounded by the probe set. Null: there was none.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public HeadReference? HeadReference { get; init; }

    /// <summary>Heads are chosen anew only where a step follows that uses them: what a checkpoint names is what made it.</summary>
    [JsonIgnore]
    public bool MaySelectHeads => Step.Value < Steps;

    private Decision Probed(RecordHeads record)
    {
        if (record.Policy != Policy) return Decision.Refuse($"Heads of policy {record.Policy} were looked at, but {Policy} is committed.");
        var (heads, scores, metrics, selection) = record.Measurement;
        // Another probe set, as after a change of settings, has nothing in common with the former.
        var isFirst = HeadReference?.ProbeSet != scores.ProbeSet;
        var probed = new HeadsProbed(Step, Policy, heads, scores.ProbeSet, metrics, isFirst ? scores.Scores : null);
        return selection is null ? Decision.Accept(probed) : Decision.Accept(
            probed,
            new HeadsSelected(
                Step, selection.Heads, heads, selection.Accuracy, selection.FormerAccuracy, selection.Scores.ProbeSet, selection.Scores.Scores));
    }

    private RunState After(HeadsProbed probed) => this with
    {
        ProbedAt = probed.Step,
        HeadReference = probed.Scores is { } scores ? new HeadReference(probed.ProbeSet, scores) : HeadReference,
    };

    private RunState After(HeadsSelected selected) => this with
    {
        Heads = selected.Heads, HeadReference = new HeadReference(selected.ProbeSet, selected.Scores),
    };

    /// <summary>What was the end is none any more, so heads may be chosen there: the look is taken again, as in a run that never stopped.</summary>
    private StepNumber? ProbedWhenContinued(int steps) => ProbedAt == Step && Step.Value == Steps && steps > Steps ? null : ProbedAt;
}
