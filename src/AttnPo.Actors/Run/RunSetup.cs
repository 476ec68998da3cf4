using AttnPo.Actors.Faults;
using AttnPo.Actors.Pipeline;
using AttnPo.Actors.Protocol;
using AttnPo.Core.Credit;
using AttnPo.Core.Data;
using AttnPo.Core.Text;
using AttnPo.Core.Verification;
using AttnPo.Gpu;

namespace AttnPo.Actors.Run;

/// <summary>All that a run is made of.</summary>
public sealed record RunSetup
{
    /// <summary>The run's directory; made if it is not there.</summary>
    public required string Directory { get; init; }

    /// <summary>Seed, steps, budgets.</summary>
    public required RunSettings Run { get; init; }

    /// <summary>Of the first stage.</summary>
    public required PromptSamplerSettings PromptSampler { get; init; }

    /// <summary>Of the second stage.</summary>
    public required GeneratorSettings Generator { get; init; }

    /// <summary>Of the third stage.</summary>
    public RewardVerifierSettings RewardVerifier { get; init; } = new();

    /// <summary>The method.</summary>
    public required CreditSettings Credit { get; init; }

    /// <summary>Of the fourth stage.</summary>
    public required AttentionScorerSettings AttentionScorer { get; init; }

    /// <summary>Of the last stage.</summary>
    public required OptimizerStageSettings Optimizer { get; init; }

    /// <summary>Null: nothing is measured on held-out prompts.</summary>
    public EvaluationSettings? Evaluation { get; init; }

    /// <summary>Null: nobody looks whether the heads stay what they were chosen for.</summary>
    public HeadWatchSettings? HeadWatch { get; init; }

    /// <summary>Where the journal is.</summary>
    public JournalSettings Journal { get; init; } = new();

    /// <summary>What Akka itself logs: DEBUG, INFO, WARNING, ERROR or OFF. Default: WARNING.</summary>
    public string AkkaLogLevel { get; init; } = "WARNING";

    /// <summary>Prompts to train on.</summary>
    public required IPromptSet Training { get; init; }

    /// <summary>Prompts to measure on; needed where there is an evaluation.</summary>
    public IPromptSet? HeldOut { get; init; }

    /// <summary>The data set of each held-out prompt, in their order: metrics are by data set too. Null: they are one, without a name.</summary>
    public IReadOnlyList<string>? HeldOutSets { get; init; }

    /// <summary>Of the model.</summary>
    public required Tokenizer Tokenizer { get; init; }

    /// <summary>Reads responses.</summary>
    public required ResponseReader Reader { get; init; }

    /// <summary>Where the task knows which steps are essential.</summary>
    public IStepLabels? Labels { get; init; }

    /// <summary>
    /// Makes trainer and scorer from the start model, as version 0, which the trainer publishes. Called on the thread that will use
    /// them; again after a failure, when the former are disposed.
    /// </summary>
    public required Func<LearnerEngine> CreateLearner { get; init; }

    /// <summary>Makes the generator, without a policy yet. Called on the thread that will use it; again after a failure.</summary>
    public required Func<IGenerator> CreateGenerator { get; init; }

    /// <summary>Faults to inject, for tests of what a run bears. Default: none.</summary>
    public FaultPlan Faults { get; init; } = FaultPlan.None;

    /// <summary>Is told the run's news, one at a time and in order; may be slow, must not throw.</summary>
    public Action<RunProtocol.IRunProgress> Observe { get; init; } = _ => { };

    /// <summary>Looks for what the types cannot forbid.</summary>
    /// <exception cref="ArgumentException">Settings contradict each other; the message says which.</exception>
    internal void Check()
    {
        if (PromptSampler.WavesPerStep > PromptSampler.PromptsPerStep)
            throw new ArgumentException($"{PromptSampler.WavesPerStep} waves cannot share {PromptSampler.PromptsPerStep} prompts of a step.");
        if (Training.Count == 0)
            throw new ArgumentException("There are no prompts to train on.");
        if (Credit.StepCredit && AttentionScorer.Source == StepScoreSource.Heads && AttentionScorer.Heads.Count == 0)
            throw new ArgumentException("Step credit needs at least one head to read scores from.");
        if (AttentionScorer.Source == StepScoreSource.Labels && Labels is null)
            throw new ArgumentException("Scores from labels need a task that has them.");
        if (HeadWatch is not null && (!Credit.StepCredit || AttentionScorer.Source != StepScoreSource.Heads))
            throw new ArgumentException("Heads can be watched only where they are read.");
        HeadWatch?.Check();
        if (Evaluation is { Prompts: > 0 } && HeldOut is not { Count: > 0 })
            throw new ArgumentException("Evaluation needs held-out prompts.");
        if (HeldOutSets is { } sets && sets.Count != (HeldOut?.Count ?? 0))
            throw new ArgumentException($"{sets.Count} data sets are named for {HeldOut?.Count ?? 0} held-out prompts.");
    }
}
