using AttnPo.Actors.Faults;
using AttnPo.Actors.Protocol;

namespace AttnPo.Actors.Run;

/// <summary>What the coordinator needs to know of the set-up.</summary>
/// <param name="Run">The run.</param>
/// <param name="Settings">Seed, steps, budgets.</param>
/// <param name="PromptsPerStep">Groups that a step must account for.</param>
/// <param name="WavesPerStep">Waves that they travel in.</param>
/// <param name="PromptSet">Prompts of the set that they are read from.</param>
/// <param name="TracksDifficulty">Whether what is sampled depends on how hard prompts were.</param>
/// <param name="EvaluateEvery">As <see cref="RunState.Next"/> takes it.</param>
/// <param name="Folder">The run's files.</param>
/// <param name="Faults">Passed where the run reads and commits.</param>
internal sealed record RunPlan(
    RunId Run, RunSettings Settings, int PromptsPerStep, int WavesPerStep, int PromptSet, bool TracksDifficulty, int? EvaluateEvery,
    RunFolder Folder, FaultPlan Faults)
{
    /// <summary>Steps between two looks at the heads; null: nobody looks.</summary>
    public int? ProbeEvery { get; init; }

    /// <summary>Name of the responses that heads are watched on; null: nobody looks.</summary>
    public string? ProbeSet { get; init; }

    /// <summary>Whether a look may end in another choice of heads.</summary>
    public bool MayReselect { get; init; }
}
