using AttnPo.Actors.Protocol;

namespace AttnPo.Actors.Run;

/// <summary>
/// What a restart must know of a run, and the rules by which it changes; no actor, no file, no clock. Its size does not grow with
/// the run.
/// </summary>
internal sealed record RunState
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

    /// <summary>Of the last committed step; null: the model that the run starts from.</summary>
    public CheckpointRecord? Checkpoint { get; init; }

    /// <summary>The step after which the policy was measured last.</summary>
    public StepNumber? EvaluatedAt { get; init; }

    public bool IsFinished { get; init; }

    /// <summary>The last figures of a step.</summary>
    public IReadOnlyDictionary<string, double> Metrics { get; init; } = new Dictionary<string, double>();

    /// <summary>What is next.</summary>
    /// <param name="evaluateEvery">Steps between two evaluations; 0: at the start and the end alone; null: none at all.</param>
    public NextWork Next(int? evaluateEvery)
    {
        var allMade = Step.Value >= Steps;
        var atMark = allMade || Step == StepNumber.Start || (evaluateEvery > 0 && Step.Value % evaluateEvery == 0);
        return evaluateEvery is not null && EvaluatedAt != Step && atMark ? NextWork.Evaluate
            : allMade ? NextWork.Finish
            : NextWork.Step;
    }

    /// <summary>What a command comes to; changes nothing.</summary>
    public Decision Process(IRunCommand command) => command switch
    {
        OpenRun open => Open(open),
        CommitStep commit => Commit(commit),
        RecordEvaluation evaluation => evaluation.Policy == Policy
            ? Decision.Accept(new Evaluated(Step, Policy, evaluation.Metrics))
            : Decision.Refuse($"Policy {evaluation.Policy} was measured, but {Policy} is committed."),
        FinishRun => IsFinished ? Decision.Accept() : Decision.Accept(new RunFinished(Step)),
        _ => throw new ArgumentOutOfRangeException(nameof(command), command, "Unknown command."),
    };

    /// <summary>The state after an event.</summary>
    public RunState Apply(IRunEvent happened) => happened switch
    {
        RunStarted started => this with { Started = started, Steps = started.Steps },
        RunContinued continued => this with { Steps = continued.Steps, IsFinished = false },
        StepCommitted committed => this with
        {
            Step = committed.Step,
            Policy = committed.Policy,
            PromptCursor = committed.PromptCursor,
            Checkpoint = committed.Checkpoint,
            Metrics = committed.Metrics,
        },
        GroupDropped => this,
        Evaluated evaluated => this with { EvaluatedAt = evaluated.Step },
        RunFinished => this with { IsFinished = true },
        _ => throw new ArgumentOutOfRangeException(nameof(happened), happened, "Unknown event."),
    };

    private Decision Open(OpenRun open)
    {
        if (Started is null)
        {
            return Decision.Accept(new RunStarted(open.Run, open.SettingsHash, open.CodeVersion, open.Seed, open.Steps));
        }
        if (Started.SettingsHash != open.SettingsHash || Started.Seed != open.Seed)
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

        var dropped = commit.Groups
            .Where(group => group.Dropped is not null)
            .Select(group => new GroupDropped(group.Group, group.Prompt, group.Dropped!.Value));
        return Decision.Accept([
            .. dropped,
            new StepCommitted(
                commit.Step, commit.Policy, PromptCursor + commit.Prompts, commit.Checkpoint, commit.Metrics, commit.Groups),
        ]);
    }
}
