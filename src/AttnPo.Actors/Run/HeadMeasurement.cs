using AttnPo.Gpu;

namespace AttnPo.Actors.Run;

/// <summary>What step scores are compared with.</summary>
/// <param name="ProbeSet">Name of the responses that they are of.</param>
/// <param name="Scores">Of each step of each response, in order, the mean over the heads in use.</param>
public sealed record HeadReference(string ProbeSet, IReadOnlyList<double> Scores);

/// <summary>What a look at the heads found.</summary>
/// <param name="Heads">The heads that were in use.</param>
/// <param name="Scores">Theirs.</param>
/// <param name="Metrics">The figures.</param>
/// <param name="Selection">Heads that are better, where they were looked for; null: none.</param>
internal sealed record HeadMeasurement(
    IReadOnlyList<HeadId> Heads, HeadReference Scores, IReadOnlyDictionary<string, double> Metrics, HeadSelectionResult? Selection);

/// <summary>Heads that were chosen anew.</summary>
/// <param name="Heads">They.</param>
/// <param name="Accuracy">Their step ranking accuracy, on responses that did not choose them.</param>
/// <param name="FormerAccuracy">That of the heads before, on the same.</param>
/// <param name="Scores">What later scores are compared with.</param>
internal sealed record HeadSelectionResult(IReadOnlyList<HeadId> Heads, double Accuracy, double FormerAccuracy, HeadReference Scores);
