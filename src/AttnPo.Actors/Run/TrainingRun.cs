using Akka.Actor;
using Akka.Event;
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
        _system = ActorSystem.Create("attnpo", ActorSystemConfig.Build(setup.Journal, setup.Directory, setup.AkkaLogLevel));
        _learner = new DeviceThread<LearnerEngine>("learner", setup.CreateLearner, LogDisposal("learner"));
        _generator = new DeviceThread<IGenerator>("generator", setup.CreateGenerator, LogDisposal("generator"));
        _reader = new GuardedReader(setup.Reader.Read, setup.RewardVerifier.Budget);

        var evaluation = setup.Evaluation is { Prompts: > 0 } given ? given : null;
        var folder = new RunFolder(setup.Directory, setup.Run.KeepCheckpoints);
        var plan = new RunPlan(
            directory.Run, setup.Run, setup.PromptSampler.PromptsPerStep, setup.PromptSampler.WavesPerStep, evaluation?.Every, folder);
        var coordinator = RunCoordinator.Props(plan, parent => CreatePipeline(parent, setup, evaluation, folder));
        _news = new NewsFeed(setup.Observe, Logging.GetLogger(_system, "observer"));
        _guardian = _system.ActorOf(RunGuardian.Props(plan, coordinator, _news), "run");
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

    /// <summary>What the run is doing.</summary>
    public Task<RunStatus> StatusAsync(CancellationToken cancellation = default) =>
        _guardian.Ask<RunStatus>(GetStatus.Instance, LongestAnswer, cancellation);

    /// <summary>Asks the run to end after the commit of the step under way, and waits for it.</summary>
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

    private Action<Exception> LogDisposal(string name)
    {
        var log = Logging.GetLogger(_system, name);
        return failure => log.Warning(failure, "The {0} could not be disposed of; memory that it held may be lost.", name);
    }

    private PipelineActors CreatePipeline(IActorRefFactory parent, RunSetup setup, EvaluationSettings? evaluation, RunFolder folder)
    {
        var seed = setup.Run.Seed;
        var sampler = parent.ActorOf(
            PromptSampler.Props(setup.PromptSampler, setup.Training, setup.Tokenizer.Encode, seed), nameof(PromptSampler));
        var generator = parent.ActorOf(Generator.Props(sampler, setup.Generator, _generator, seed), nameof(Generator));
        var verifier = parent.ActorOf(
            RewardVerifier.Props(
                generator, setup.RewardVerifier, setup.Credit, _reader, tokens => setup.Tokenizer.Decode(tokens).Text, setup.Labels),
            nameof(RewardVerifier));
        var scorer = parent.ActorOf(
            AttentionScorer.Props(verifier, setup.AttentionScorer, setup.Credit, _learner), nameof(AttentionScorer));
        var optimizer = parent.ActorOf(
            Optimizer.Props(scorer, setup.Optimizer, setup.Run.Steps, _learner, folder), nameof(Optimizer));
        var evaluator = evaluation is null
            ? null
            : parent.ActorOf(
                Evaluator.Props(
                    evaluation, setup.HeldOut!, setup.Tokenizer.Encode, _reader, setup.Labels, _generator, seed),
                nameof(Evaluator));
        IActorRef[] stages = [sampler, generator, verifier, scorer, optimizer];
        return new PipelineActors(optimizer, evaluator, evaluator is null ? stages : [.. stages, evaluator]);
    }
}
