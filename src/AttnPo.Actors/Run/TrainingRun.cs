using Akka.Actor;
using Akka.Event;
using AttnPo.Actors.Faults;
using AttnPo.Actors.Pipeline;
using AttnPo.Actors.Protocol;
using AttnPo.Gpu;
using static AttnPo.Actors.Protocol.RunProtocol;

namespace AttnPo.Actors.Run;

/// <summary>
/// A run under way in this process: its actor system, its engine threads and its directory. A directory that already holds a run is
/// gone on with. Disposing ends all of it at once, as a kill would; <see cref="StopAsync"/> first ends it at a commit.
/// </summary>
public sealed class TrainingRun : IAsyncDisposable
{
    private static readonly TimeSpan LongestAnswer = TimeSpan.FromSeconds(15);

    // A checkpoint may be large and its disk slow.
    private static readonly TimeSpan LongestWrite = TimeSpan.FromMinutes(10);

    private readonly RunDirectory _directory;
    private readonly DeviceThread<LearnerEngine> _learner;
    private readonly DeviceThread<IGenerator> _generator;
    private readonly GuardedReader _reader;
    private readonly ActorSystem _system;
    private readonly IActorRef _guardian;
    private readonly NewsFeed _news;

    private TrainingRun(RunSetup setup, RunDirectory directory)
    {
        _directory = directory;
        _system = ActorSystem.Create("attnpo", ActorSystemConfig.Build(setup.Journal, setup.Directory, setup.AkkaLogLevel, setup.Faults));
        JournalFaults.Register(_system, setup.Faults);
        _learner = new DeviceThread<LearnerEngine>("learner", setup.CreateLearner, LogDisposal("learner"));
        _generator = new DeviceThread<IGenerator>("generator", setup.CreateGenerator, LogDisposal("generator"));
        _reader = new GuardedReader(setup.Reader.Read, setup.RewardVerifier.BudgetOf);

        var evaluation = setup.Evaluation is { Prompts: > 0 } given ? given : null;
        var folder = new RunFolder(setup.Directory, setup.Run.Retention, setup.Faults);
        var plan = new RunPlan(
            directory.Run, setup.Run, setup.PromptSampler.PromptsPerStep, setup.PromptSampler.WavesPerStep, setup.Training.Count,
            setup.PromptSampler.Difficulty is not null, evaluation?.Every, folder, setup.Faults)
        {
            ProbeEvery = setup.HeadWatch?.Every, ProbeSet = setup.HeadWatch?.Probe.Name, MayReselect = setup.HeadWatch?.Reselect is not null,
        };
        _news = new NewsFeed(setup.Observe, Logging.GetLogger(_system, "observer"));
        _guardian = _system.ActorOf(
            RunGuardian.Props(plan, anew => RunCoordinator.Props(plan, parent => CreatePipeline(parent, setup, evaluation, folder), anew), _news), "run");
    }

    /// <summary>The run's name.</summary>
    public RunId Run => _directory.Run;

    /// <summary>How the run ended, once it has.</summary>
    public Task<RunOutcome> Completion => _news.Outcome;

    /// <summary>Begins a run, or goes on with the one that its directory holds.</summary>
    /// <exception cref="ArgumentException">Settings contradict each other.</exception>
    /// <exception cref="IOException">The directory or the journal cannot be used, or another process runs in it.</exception>
    public static TrainingRun Start(RunSetup setup)
    {
        setup.Check();
        var directory = RunDirectory.Open(setup.Directory);
        try
        {
            JournalDatabase.Check(setup.Journal, setup.Directory);
            var run = new TrainingRun(setup, directory);
            run._guardian.Tell(RunProtocol.Start.Instance);
            return run;
        }
        catch
        {
            directory.Dispose();
            throw;
        }
    }

    /// <summary>Whether a process, this one or another, runs in a directory.</summary>
    public static bool IsUnderWay(string directory) => RunDirectory.IsHeld(directory);

    /// <summary>What the run is doing.</summary>
    public Task<RunStatus> StatusAsync(CancellationToken cancellation = default) =>
        _guardian.Ask<RunStatus>(GetStatus.Instance, LongestAnswer, cancellation);

    /// <summary>Asks the run to drain and then to do nothing until it is resumed, also when it is started again.</summary>
    public Task<RunReply> PauseAsync(CancellationToken cancellation = default) => AskAsync(Pause.Instance, LongestAnswer, cancellation);

    /// <summary>Asks a paused run to go on.</summary>
    public Task<RunReply> ResumeAsync(CancellationToken cancellation = default) => AskAsync(Resume.Instance, LongestAnswer, cancellation);

    /// <summary>Asks for a full checkpoint; the answer says where it lies.</summary>
    public Task<RunReply> CheckpointAsync(CancellationToken cancellation = default) =>
        AskAsync(WriteCheckpoint.Instance, LongestWrite, cancellation);

    /// <summary>Asks the run to drain and then to end, and waits for it.</summary>
    public Task<RunOutcome> StopAsync()
    {
        _guardian.Tell(Stop.Instance);
        return Completion;
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        // The actors first, so that their work is cancelled before the threads are asked to end.
        await _system.Terminate().ConfigureAwait(false);
        await _generator.DisposeAsync().ConfigureAwait(false);
        await _learner.DisposeAsync().ConfigureAwait(false);
        _reader.Dispose();
        await _news.DisposeAsync().ConfigureAwait(false);
        _directory.Dispose();
    }

    private async Task<RunReply> AskAsync(object wish, TimeSpan longest, CancellationToken cancellation)
    {
        try
        {
            return await _guardian.Ask<RunReply>(wish, longest, cancellation).ConfigureAwait(false);
        }
        catch (AskTimeoutException)
        {
            return new RunReply(
                false,
                $"The run did not answer within {longest.TotalSeconds:0} s; its log says what it is at. Look there, then try again.");
        }
    }

    private Action<Exception> LogDisposal(string name)
    {
        var log = Logging.GetLogger(_system, name);
        return failure => log.Warning(failure, "The {0} could not be disposed of; memory that it held may be lost.", name);
    }

    private PipelineActors CreatePipeline(IActorRefFactory parent, RunSetup setup, EvaluationSettings? evaluation, RunFolder folder)
    {
        var (seed, faults) = (setup.Run.Seed, setup.Faults);
        var sampler = parent.ActorOf(
            PromptSampler.Props(setup.PromptSampler, setup.Training, setup.Tokenizer.Encode, seed, faults), nameof(PromptSampler));
        var generator = parent.ActorOf(Generator.Props(sampler, setup.Generator, _generator, folder, seed, faults), nameof(Generator));
        var verifier = parent.ActorOf(
            RewardVerifier.Props(
                generator, setup.RewardVerifier, setup.Credit, _reader, tokens => setup.Tokenizer.Decode(tokens).Text, setup.Labels,
                folder, faults),
            nameof(RewardVerifier));
        var scorer = parent.ActorOf(
            AttentionScorer.Props(verifier, setup.AttentionScorer, setup.Credit, faults), nameof(AttentionScorer));
        var optimizer = parent.ActorOf(
            Optimizer.Props(scorer, setup.Optimizer, setup.Run, setup.Credit, _learner, folder, faults), nameof(Optimizer));
        var evaluator = evaluation is null
            ? null
            : parent.ActorOf(
                Evaluator.Props(
                    evaluation, setup.HeldOut!, setup.HeldOutSets, setup.Tokenizer.Encode, _reader, setup.Labels, _generator, seed, faults),
                nameof(Evaluator));
        var watch = setup.HeadWatch is null
            ? null
            : parent.ActorOf(HeadWatch.Props(setup.HeadWatch, setup.AttentionScorer.Heads, _learner, faults), nameof(HeadWatch));
        IActorRef[] stages = [sampler, generator, verifier, scorer, optimizer];
        IActorRef?[] all = [.. stages, evaluator, watch];
        return new PipelineActors(sampler, optimizer, evaluator, [.. all.OfType<IActorRef>()]) { HeadWatch = watch };
    }
}
