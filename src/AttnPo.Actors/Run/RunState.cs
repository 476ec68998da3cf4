using System.Text.Json.Serialization;
using AttnPo.Actors.Protocol;
using AttnPo.Core.Data;

namespace AttnPo.Actors.Run;

/// <summary>
/// What a restart must know of a run, and the rules by which it changes; no actor, no file, no clock. Its size is bounded by the
/// steps between two checkpoints and the number of prompts, not by the length of the run.
/// </summary>
internal sealed partial record RunState
{
    public static readonly RunState Empty = new();

    /// <summary>Null before the run began.</summary>
    public RunStarted? Started { get; init; }

    /// <summary>Steps to make in all.</summary>
    public int Steps { get; init; }

    /// <summary>The last committed step.</summary>
    public StepNumber Step { get; init; }

    /// <summary>The committed version of the policy.</summary>
    public PolicyVersion Policy { get; init; }

    /// <summary>Where the reading of the prompt set goes on.</summary>
    public long PromptCursor { get; init; }

    /// <summary>How hard prompts were in all committed steps; null: what is sampled does not depend on it.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public PromptDifficulty? Difficulty { get; init; }

    /// <summary>The last one; null: the model that the run starts from.</summary>
    public CheckpointRecord? Checkpoint { get; init; }

    /// <summary>The step whose weights it holds.</summary>
    public StepNumber CheckpointStep { get; init; }

    /// <summary>Steps committed since, with all that is needed to train them again.</summary>
    public IReadOnlyList<LedgerStep> SinceCheckpoint { get; init; } = [];

    /// <summary>Waves of the step under way, in order of their number.</summary>
    public IReadOnlyList<LedgerWave> OpenWaves { get; init; } = [];

    /// <summary>The step after which the policy was measured last.</summary>
    public StepNumber? EvaluatedAt { get; init; }

    /// <summary>Waits to be resumed.</summary>
    public bool IsPaused { get; init; }

    public bool IsFinished { get; init; }

    /// <summary>The last figures of a step.</summary>
    public IReadOnlyDictionary<string, double> Metrics { get; init; } = new Dictionary<string, double>();

    /// <summary>How the groups of all committed steps ended.</summary>
    public GroupCounts Groups { get; init; } = new(0, new Dictionary<DropReason, long>());

    /// <summary>Waves of the step under way that are judged.</summary>
    [JsonIgnore]
    public int JudgedWaves => OpenWaves.Count(wave => wave.Judgement is not null);

    /// <summary>What is next.</summary>
    /// <param name="evaluateEvery">Steps between two evaluations; 0: at the start and the end alone; null: none at all.</param>
    /// <param name="probeEvery">The same for looks at the heads.</param>
    public NextWork Next(int? evaluateEvery, int? probeEvery = null)
    {
        var allMade = Step.Value >= Steps;
        return EvaluatedAt != Step && IsMark(evaluateEvery) ? NextWork.Evaluate
            : ProbedAt != Step && IsMark(probeEvery) ? NextWork.ProbeHeads
            : allMade ? NextWork.Finish
            : NextWork.Step;

        bool IsMark(int? every) => every is not null && (allMade || Step == StepNumber.Start || (every > 0 && Step.Value % every == 0));
    }

    /// <summary>What a command comes to; changes nothing.</summary>
    public Decision Process(IRunCommand command) => command switch
    {
        OpenRun open => Open(open),
        RecordWave record => Record(record.Progress),
        CommitStep commit => Commit(commit),
        RecordCheckpoint record => record.Step != Step
            ? Decision.Refuse($"A checkpoint of step {record.Step} was written, but step {Step} is committed.")
            : CheckpointStep == Step ? Decision.Accept() : Decision.Accept(new CheckpointWritten(Step, record.Checkpoint)),
        RecordEvaluation evaluation => evaluation.Policy == Policy
            ? Decision.Accept(new Evaluated(Step, Policy, evaluation.Metrics))
            : Decision.Refuse($"Policy {evaluation.Policy} was measured, but {Policy} is committed."),
        RecordHeads heads => Probed(heads),
        PauseRun => IsPaused ? Decision.Accept() : Decision.Accept(new RunPaused(Step, JudgedWaves)),
        ResumeRun => IsPaused ? Decision.Accept(new RunResumed(Step)) : Decision.Accept(),
        FinishRun => IsFinished ? Decision.Accept() : Decision.Accept(new RunFinished(Step)),
        _ => throw new ArgumentOutOfRangeException(nameof(command), command, "Unknown command."),
    };

    /// <summary>The state after an event.</summary>
    public RunState Apply(RunEvent happened) => happened switch
    {
        RunStarted started => this with
        {
            Started = started, Steps = started.Steps, Difficulty = started.TracksDifficulty ? PromptDifficulty.Unknown : null,
        },
        RunContinued continued => this with { Steps = continued.Steps, IsFinished = false, ProbedAt = ProbedWhenContinued(continued.Steps) },
        WaveSampled sampled => With(new LedgerWave(sampled.Wave, sampled.Prompts.Count, Skipped: sampled.Skipped)),
        WaveGenerated generated => With(Sampled(generated.Wave) with { Rollouts = generated.Rollouts, GenerateSeconds = generated.Seconds }),
        WaveJudged judged => With(Sampled(judged.Wave) with
        {
            Judgement = judged.Judgement, VerifySeconds = judged.VerifySeconds, ScoreSeconds = judged.ScoreSeconds,
        }),
        StepCommitted committed => After(committed),
        CheckpointWritten written => this with { Checkpoint = written.Checkpoint, CheckpointStep = written.Step, SinceCheckpoint = [] },
        GroupDropped => this,
        Evaluated evaluated => this with { EvaluatedAt = evaluated.Step },
        HeadsProbed probed => After(probed),
        HeadsSelected selected => After(selected),
        RunPaused => this with { IsPaused = true },
        RunResumed => this with { IsPaused = false },
        RunFinished => this with { IsFinished = true },
        _ => throw new ArgumentOutOfRangeException(nameof(happened), happened, "Unknown event."),
    };

    private Decision Open(OpenRun open)
    {
        if (Started is null)
        {
            return Decision.Accept(
                new RunStarted(open.Run, open.SettingsHash, open.CodeVersion, open.Seed, open.Steps, open.TracksDifficulty));
        }
        if (Started.SettingsHash != open.SettingsHash || Started.Seed != open.Seed || Started.TracksDifficulty != open.TracksDifficulty)
        {
            return Decision.Refuse(
                $"The run {Started.Run} was started with other settings (hash {Started.SettingsHash}, now {open.SettingsHash}). Start it"
                + " with the settings.conf that lies beside it, or begin a new run in another directory; steps may be raised.");
        }
        if (open.Steps < Step.Value)
        {
            return Decision.Refuse(
                $"The run {Started.Run} has made {Step} steps already, more than the {open.Steps} that are wanted: steps cannot be unmade."
                + $" Set steps to {Step} or more, or begin a new run in another directory.");
        }
        return IsFinished && open.Steps == Step.Value
            ? Decision.Accept()
            : Decision.Accept(new RunContinued(open.CodeVersion, open.Steps));
    }

    /// <summary>
    /// A wave that was given up half-way and is worked on again comes to the same results, so what is known stays. Each stage of a
    /// wave follows the one before.
    /// </summary>
    private Decision Record(RunEvent progress)
    {
        var (id, isKnown, follows) = progress switch
        {
            WaveSampled sampled => (sampled.Wave, OpenWave(sampled.Wave) is not null, true),
            WaveGenerated generated => (
                generated.Wave, OpenWave(generated.Wave)?.Rollouts is not null, OpenWave(generated.Wave) is not null && generated.Policy == Policy),
            WaveJudged judged => (judged.Wave, OpenWave(judged.Wave)?.Judgement is not null, OpenWave(judged.Wave)?.Rollouts is not null),
            _ => throw new ArgumentOutOfRangeException(nameof(progress), progress, "No progress of a wave."),
        };
        return id.Step != Step.Next ? Decision.Refuse($"Wave {id} is not of the step after {Step}.")
            : isKnown ? Decision.Accept()
            : follows ? Decision.Accept(progress)
            : Decision.Refuse($"{progress} does not follow what is known of wave {id}, or is of another policy than {Policy}.");
    }

    private Decision Commit(CommitStep commit)
    {
        if (commit.Step != Step.Next || commit.Policy != Policy.Next)
            return Decision.Refuse($"Step {commit.Step} with policy {commit.Policy} does not follow step {Step} with {Policy}.");

        // Each sampled group ends exactly once.
        var accounted = commit.Groups.Select(group => group.Group).ToHashSet();
        if (accounted.Count != commit.Groups.Count || accounted.Count != commit.Prompts)
        {
            return Decision.Refuse(
                $"Step {commit.Step} sampled {commit.Prompts} groups, but accounts for {accounted.Count} in {commit.Groups.Count} entries.");
        }
        // Only what the ledger holds can be trained again.
        var judged = OpenWaves.Where(wave => wave.Judgement is not null).Sum(wave => wave.Groups);
        if (judged != commit.Prompts)
            return Decision.Refuse($"Step {commit.Step} sampled {commit.Prompts} groups, but the ledger holds {judged} of them judged.");

        var dropped = commit.Groups
            .Where(group => group.Dropped is not null)
            .Select(group => new GroupDropped(group.Group, group.Prompt, group.Dropped!.Value));
        var skipped = OpenWaves.Aggregate(SkippedPrompts.None, (sum, wave) => sum.Plus(wave.Skipped ?? SkippedPrompts.None));
        var cursor = PromptCursor + commit.Prompts + skipped.Total;
        var metrics = new SortedDictionary<string, double>(commit.Metrics.ToDictionary(), StringComparer.Ordinal)
        {
            ["sample/epoch"] = cursor / (double)commit.PromptSet,
            ["sample/skipped_long"] = skipped.TooLong,
            ["sample/skipped_solved"] = skipped.Solved,
            ["sample/skipped_unsolved"] = skipped.Unsolved,
        };
        return Decision.Accept([
            .. dropped,
            new StepCommitted(commit.Step, commit.Policy, cursor, commit.Checkpoint, metrics, commit.Groups),
        ]);
    }

    private RunState After(StepCommitted committed) => this with
    {
        Step = committed.Step,
        Policy = committed.Policy,
        PromptCursor = committed.PromptCursor,
        Difficulty = Difficulty?.After(committed.Groups.Where(group => group.Dropped is null)
            .Select(group => new PromptVisit(group.Prompt, group.Correct, group.Rollouts))),
        Checkpoint = committed.Checkpoint ?? Checkpoint,
        CheckpointStep = committed.Checkpoint is null ? CheckpointStep : committed.Step,
        SinceCheckpoint = committed.Checkpoint is not null ? [] :
        [
            .. SinceCheckpoint,
            new LedgerStep(
                committed.Step, OpenWaves, committed.Metrics.GetValueOrDefault("train/loss"), committed.Metrics.GetValueOrDefault("train/grad_norm")),
        ],
        OpenWaves = [],
        Metrics = committed.Metrics,
        Groups = Groups.Plus(committed.Groups),
    };

    private LedgerWave? OpenWave(WaveId id) => OpenWaves.FirstOrDefault(wave => wave.Wave == id);

    private LedgerWave Sampled(WaveId id) => OpenWave(id) ?? throw new InvalidDataException($"The journal goes on with wave {id}, which it never began.");

    private RunState With(LedgerWave wave) => this with
    {
        OpenWaves = [.. OpenWaves.Where(other => other.Wave != wave.Wave).Append(wave).OrderBy(other => other.Wave.Index)],
    };
}

/// <summary>How groups ended.</summary>
/// <param name="Used">Used by a step.</param>
/// <param name="Dropped">Dropped, by reason.</param>
public sealed record GroupCounts(long Used, IReadOnlyDictionary<DropReason, long> Dropped)
{
    /// <summary>With the groups of one more step.</summary>
    public GroupCounts Plus(IReadOnlyList<GroupOutcome> groups)
    {
        var dropped = Dropped.ToDictionary();
        foreach (var reason in groups.Select(group => group.Dropped).OfType<DropReason>())
            dropped[reason] = dropped.GetValueOrDefault(reason) + 1;
        return new GroupCounts(Used + groups.Count(group => group.Dropped is null), dropped);
    }
}
