using System.Runtime.Serialization;
using AttnPo.Actors.Faults;
using AttnPo.Actors.Protocol;
using static AttnPo.Actors.Protocol.RunProtocol;

namespace AttnPo.Actors.Run;

/// <summary>
/// What a run remembers, read from outside, whether it is live, ended or was killed. Nothing is written, neither to the directory nor
/// to the database. What is read is the run as it was when the reader was opened, or later.
/// </summary>
public sealed class LedgerReader
{
    private readonly string _directory;
    private readonly RunFolder _folder;
    private readonly IReadOnlyList<ArchivedEvent> _journal;
    private readonly RunState _state;

    private LedgerReader(string directory, RunId run, IReadOnlyList<ArchivedEvent> journal, RunState state)
    {
        (_directory, Run, _journal, _state) = (directory, run, journal, state);
        _folder = FolderOf(directory);
    }

    /// <summary>The run's name.</summary>
    public RunId Run { get; }

    /// <summary>How it began; null: nothing is journaled yet.</summary>
    public RunStarted? Started => _state.Started;

    /// <summary>The last committed step.</summary>
    public StepNumber Step => _state.Step;

    /// <summary>The oldest step whose rollouts are on disk; null: none are.</summary>
    public StepNumber? RolloutsSince => _folder.RolloutsSince;

    /// <summary>The steps whose committed checkpoints are on disk, in order.</summary>
    public IReadOnlyList<StepNumber> Checkpoints => _folder.Checkpoints.Committed(_state.CheckpointStep);

    /// <summary>
    /// The folder of a committed checkpoint, compared with what was journaled of it. Where its event is pruned already, its name alone
    /// says that it is whole: it was given to nothing else.
    /// </summary>
    /// <param name="step">One of <see cref="Checkpoints"/>.</param>
    /// <exception cref="InvalidDataException">A file of it is missing or altered; the message says which.</exception>
    public string OpenCheckpoint(StepNumber step)
    {
        if (RecordOf(step) is { } record) _folder.Checkpoints.Verify(record);
        return _folder.Checkpoints.PathOf(step);
    }

    /// <summary>Where the run stands, as a process would find it that went on with it.</summary>
    public RunStatus Status => new(
        Run, _state.IsPaused ? "Paused" : _state.IsFinished ? "Finished" : "Stopped", _state.Step, _state.Steps, _state.Policy, 0, false,
        [], [], _state.Metrics)
    {
        Checkpoint = _state.CheckpointStep, Heads = _state.Heads, Groups = _state.Groups, Disk = _folder.Disk(),
    };

    /// <summary>Reads the journal and the last saved state; the archive is read when its events are asked for.</summary>
    /// <exception cref="IOException">The journal cannot be reached or read.</exception>
    /// <exception cref="InvalidDataException">It holds what this version cannot read.</exception>
    public static LedgerReader Open(string directory, JournalSettings journal)
    {
        var file = Path.Combine(directory, RunDirectory.NameFile);
        // Until it has a name a run has no journal.
        if (!File.Exists(file)) return new LedgerReader(directory, new RunId(""), [], RunState.Empty);
        var run = new RunId(File.ReadAllText(file).Trim());
        var rows = JournalRows.Read(journal, directory, run);
        var state = rows.Saved is { } saved ? ((RunSnapshot)Read(saved)).State : RunState.Empty;
        var later = rows.Events.Where(stored => stored.Sequence > (rows.Saved?.Sequence ?? 0));
        return new LedgerReader(
            directory, run, rows.Events, later.Aggregate(state, (known, stored) => known.Apply((RunEvent)Read(stored))));
    }

    /// <summary>
    /// All events in order, each once: those of the archive, then those that the journal alone holds. Events that were pruned for their
    /// age are missing at the beginning.
    /// </summary>
    /// <param name="from">Events of earlier steps may be left out.</param>
    /// <exception cref="InvalidDataException">Events are missing in between, torn or altered; the message says which.</exception>
    public IEnumerable<LedgerEvent> Events(StepNumber from = default)
    {
        long? last = null;
        // The journal was read first: what is pruned from it afterwards stands in the archive already.
        foreach (var stored in _folder.Archive.Read(from).Concat(_journal))
        {
            if (stored.Sequence <= last) continue;
            if (last is not null && stored.Sequence != last + 1)
            {
                throw new InvalidDataException(
                    $"{_directory}: the events {last + 1} to {stored.Sequence - 1} are neither in the journal nor in ledger/."
                    + " Put its files back from a copy.");
            }
            last = stored.Sequence;
            yield return new LedgerEvent(stored.Sequence, (RunEvent)Read(stored));
        }
    }

    /// <summary>A group as it lies on disk; null: its wave is not generated yet, or it was dropped before.</summary>
    /// <exception cref="InvalidDataException">A file of its wave is missing, torn or altered.</exception>
    public StoredGroup? ReadGroup(GroupHistory group)
    {
        if (group.Wave?.Generated is not { } generated) return null;
        var stored = new LedgerWave(generated.Wave, group.Wave.Sampled.Prompts.Count, generated.Rollouts, group.Wave.Judged?.Judgement);
        return _folder.ReadGroup(stored, group.Id);
    }

    private CheckpointRecord? RecordOf(StepNumber step)
    {
        if (_state.CheckpointStep == step) return _state.Checkpoint;
        return Events(step).Select(entry => entry.Happened switch
        {
            StepCommitted committed when committed.Step == step => committed.Checkpoint,
            CheckpointWritten written when written.Step == step => written.Checkpoint,
            _ => null,
        }).FirstOrDefault(record => record is not null);
    }

    /// <summary>Bytes that a run has on disk, by what they are for; needs no journal.</summary>
    public static IReadOnlyDictionary<string, long> DiskOf(string directory) => FolderOf(directory).Disk();

    // It only reads: what would be pruned is for the run's own process to say.
    private static RunFolder FolderOf(string directory) => new(directory, new RetentionSettings(), FaultPlan.None);

    private static object Read(ArchivedEvent stored)
    {
        try
        {
            return RunEventSerializer.Read(stored.Content, stored.Kind);
        }
        catch (SerializationException fault)
        {
            throw new InvalidDataException(fault.Message, fault);
        }
    }
}
