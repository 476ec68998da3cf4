using AttnPo.Actors.Faults;
using AttnPo.Actors.Protocol;
using static AttnPo.Actors.Protocol.WaveProtocol;

namespace AttnPo.Actors.Run;

/// <summary>What of a run lies in files. The journal says which of them count.</summary>
internal sealed class RunFolder
{
    private readonly string _path;
    private readonly RetentionSettings _retention;
    private readonly FaultPlan _faults;
    private readonly BlobFolder _blobs;

    public RunFolder(string path, RetentionSettings retention, FaultPlan faults)
    {
        (_path, _retention, _faults) = (path, retention, faults);
        _blobs = new BlobFolder(Path.Combine(path, "rollouts"), faults);
        Checkpoints = new CheckpointFolder(Path.Combine(path, "checkpoints"), retention.KeepCheckpoints, retention.KeepCheckpointsEvery, faults);
        Archive = new ArchiveFolder(Path.Combine(path, "ledger"), faults);
        Metrics = new MetricsFile(Path.Combine(path, "metrics.jsonl"));
    }

    public CheckpointFolder Checkpoints { get; }

    public ArchiveFolder Archive { get; }

    public MetricsFile Metrics { get; }

    /// <summary>Whether it holds anything that only a run makes.</summary>
    public bool HasAny => Checkpoints.HasAny || _blobs.Oldest is not null || Archive.HasAny || File.Exists(Path.Combine(_path, "metrics.jsonl"));

    /// <summary>Lays down what a wave generated.</summary>
    public BlobRecord WriteRollouts(PolicyVersion policy, WaveId wave, IReadOnlyList<GeneratedGroup> groups, IReadOnlyList<GroupOutcome> dropped) =>
        _blobs.Write(wave.Step, $"wave-{wave.Index:D4}-rollouts", file => RolloutBlob.Write(file, policy, wave, groups, dropped));

    /// <summary>Lays down what a wave came to.</summary>
    public BlobRecord WriteJudgement(WaveId wave, IReadOnlyList<ScoredGroup> groups) =>
        _blobs.Write(wave.Step, $"wave-{wave.Index:D4}-judgement", file => JudgementBlob.Write(file, groups));

    /// <summary>A generated wave as the ledger has it.</summary>
    /// <exception cref="InvalidDataException">Its file is missing, torn or altered.</exception>
    public GeneratedWave ReadGenerated(LedgerWave stored, StepAttempt attempt)
    {
        var (policy, groups, dropped) = RolloutBlob.Read(_blobs.Read(stored.Rollouts!), stored.Wave);
        return new GeneratedWave(attempt, stored.Wave, policy, groups, dropped, stored.Rollouts!, TimeSpan.FromSeconds(stored.GenerateSeconds));
    }

    /// <summary>The judgements of a generated wave as the ledger has them.</summary>
    /// <exception cref="InvalidDataException">Their file is missing, torn or altered.</exception>
    public IReadOnlyList<ScoredGroup> ReadJudgement(LedgerWave stored, IReadOnlyList<GeneratedGroup> groups) =>
        JudgementBlob.Read(_blobs.Read(stored.Judgement!), groups);

    /// <summary>A wave with all that its gradient needs.</summary>
    /// <exception cref="InvalidDataException">One of its files is missing, torn or altered.</exception>
    public ScoredWave ReadScored(LedgerWave stored, StepAttempt attempt)
    {
        var generated = ReadGenerated(stored, attempt);
        return new ScoredWave(
            attempt, stored.Wave, generated.Policy, ReadJudgement(stored, generated.Groups), generated.Dropped, stored.Judgement!, generated.Generating,
            TimeSpan.FromSeconds(stored.VerifySeconds), TimeSpan.FromSeconds(stored.ScoreSeconds));
    }

    /// <summary>A group of a generated wave, with its judgements where there are any; null: it was dropped before.</summary>
    /// <exception cref="InvalidDataException">One of its wave's files is missing, torn or altered.</exception>
    public StoredGroup? ReadGroup(LedgerWave stored, GroupId id)
    {
        var generated = ReadGenerated(stored, new StepAttempt(stored.Wave.Step, 0));
        if (generated.Groups.FirstOrDefault(group => group.Source.Id == id) is not { } group) return null;
        var judged = stored.Judgement is null ? null : ReadJudgement(stored, [group])[0];
        var (_, position, prompt, tokens) = group.Source;
        return new StoredGroup(
            id, position, prompt, tokens, generated.Policy,
            [.. group.Completions.Select((completion, sample) =>
                new StoredRollout(completion, judged is null ? null : Judgement(judged, sample)))]);
    }

    /// <summary>Removes what no event names, and makes sure of the checkpoint that the run goes on from.</summary>
    public void Restore(RunState state, long archived)
    {
        _faults.Pass(FaultPoint.Sweep);
        // First, so that a directory in which something is wrong is left as it is.
        if (state.Checkpoint is not null) Checkpoints.Verify(state.Checkpoint);
        Checkpoints.Sweep(state.CheckpointStep);
        _blobs.Sweep(
            state.Step, state.OpenWaves.SelectMany(wave => wave.Blobs));
        Archive.Sweep(archived);
    }

    /// <summary>Removes what is older than it has to be; what the last checkpoint needs stays.</summary>
    public void Prune(StepNumber checkpoint, StepNumber committed, IReadOnlyList<BlobRecord> named)
    {
        _blobs.KeepOnly(committed, named);
        Checkpoints.Prune(checkpoint);
        if (_retention.KeepSteps == 0) return;
        var upTo = new StepNumber(Math.Min(committed.Value - _retention.KeepSteps, checkpoint.Value));
        _blobs.Prune(upTo);
        Archive.Prune(upTo);
    }

    /// <summary>The oldest step that has rollouts; null: none has.</summary>
    public StepNumber? RolloutsSince => _blobs.Oldest;

    /// <summary>Bytes on disk, by what they are for.</summary>
    public IReadOnlyDictionary<string, long> Disk() => new SortedDictionary<string, long>(StringComparer.Ordinal)
    {
        ["checkpoints"] = BytesUnder("checkpoints"),
        ["rollouts"] = BytesUnder("rollouts"),
        ["ledger"] = BytesUnder("ledger"),
        ["journal"] = Directory.Exists(_path) ? Directory.GetFiles(_path, "journal.db*").Sum(LengthOf) : 0,
        ["metrics"] = LengthOf(Path.Combine(_path, "metrics.jsonl")) + BytesUnder("tensorboard"),
        ["log"] = BytesUnder("log"),
    };

    private static StoredJudgement Judgement(ScoredGroup scored, int sample)
    {
        var (reading, credit) = (scored.Source.Readings[sample], scored.StepCredit[sample]);
        var (labels, advantage) = (scored.Source.Labels?[sample], scored.Source.Credit.Advantages[sample]);
        return new StoredJudgement(
            reading, scored.Source.Credit.Rewards[sample], advantage, scored.Source.Credit.Counted[sample], credit?.Baseline,
            [.. reading.Steps.Select((step, i) => new StoredStep(
                step, reading.StepSpans[i], credit?.Scores[i], credit?.Factors[i] ?? 1, credit is null ? null : Mark(credit.Factors[i]),
                labels?[i]))]);

        StepMark Mark(double factor) => !(factor < 1) ? StepMark.Kept : advantage > 0 ? StepMark.Attenuated : StepMark.Protected;
    }

    private long BytesUnder(string folder) => Directory.Exists(Path.Combine(_path, folder))
        ? Directory.EnumerateFiles(Path.Combine(_path, folder), "*", SearchOption.AllDirectories).Sum(LengthOf)
        : 0;

    // Files come and go while they are counted.
    private static long LengthOf(string file) => new FileInfo(file) is { Exists: true } info ? info.Length : 0;
}
