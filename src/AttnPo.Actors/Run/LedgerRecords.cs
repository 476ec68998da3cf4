using System.Text.Json.Serialization;
using AttnPo.Actors.Protocol;
using AttnPo.Core.Data;

namespace AttnPo.Actors.Run;

/// <summary>
/// A file of the run as the journal knows it. Its name holds its SHA-256, so equal content is one file and a file tells itself whether
/// it is whole.
/// </summary>
/// <param name="Name">Path below the run's rollouts/, with forward slashes.</param>
/// <param name="Bytes">Its length.</param>
/// <param name="Sha256">Of its content, in lower-case hexadecimal.</param>
public sealed record BlobRecord(string Name, long Bytes, string Sha256);

/// <summary>How far a wave has come, and where its results lie.</summary>
/// <param name="Wave">The wave.</param>
/// <param name="Groups">Groups that were sampled.</param>
/// <param name="Rollouts">Null: it is not generated.</param>
/// <param name="Judgement">Null: it is not judged.</param>
/// <param name="GenerateSeconds">How long it was decoded.</param>
/// <param name="VerifySeconds">How long it was verified.</param>
/// <param name="ScoreSeconds">How long it was scored.</param>
/// <param name="Skipped">Prompts that were passed over to find its own; null: none.</param>
public sealed record LedgerWave(
    WaveId Wave, int Groups, BlobRecord? Rollouts = null, BlobRecord? Judgement = null, double GenerateSeconds = 0, double VerifySeconds = 0,
    double ScoreSeconds = 0, [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] SkippedPrompts? Skipped = null)
{
    /// <summary>Its files.</summary>
    [JsonIgnore]
    public IEnumerable<BlobRecord> Blobs => new[] { Rollouts, Judgement }.OfType<BlobRecord>();
}

/// <summary>A committed step that no checkpoint holds: its waves are trained again where its weights are needed.</summary>
/// <param name="Step">The step.</param>
/// <param name="Waves">All its waves, in order.</param>
/// <param name="Loss">train/loss as it was, to compare with.</param>
/// <param name="GradientNorm">train/grad_norm as it was, to compare with.</param>
public sealed record LedgerStep(StepNumber Step, IReadOnlyList<LedgerWave> Waves, double Loss, double GradientNorm);

/// <summary>A part of the archive: events that the journal no longer holds, a line each.</summary>
/// <param name="Name">Of the file in the run's ledger/.</param>
/// <param name="Bytes">Its length.</param>
/// <param name="Sha256">Of its content.</param>
/// <param name="LastEvent">Sequence number of its last event.</param>
public sealed record ArchiveRecord(string Name, long Bytes, string Sha256, long LastEvent);

/// <summary>Where metrics.jsonl stood when the run's state was saved.</summary>
/// <param name="Bytes">Length of all lines before the last.</param>
/// <param name="Sha256">Of those lines.</param>
public sealed record MetricsMark(long Bytes, string Sha256);

/// <summary>A run's state as a whole, so that the events before it need not be read: the journal is pruned to it.</summary>
/// <param name="State">The state.</param>
/// <param name="Archive">The last part of the archive.</param>
/// <param name="Metrics">Where the metrics stood.</param>
internal sealed record RunSnapshot(RunState State, ArchiveRecord Archive, MetricsMark Metrics);
