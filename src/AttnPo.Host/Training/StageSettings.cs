using AttnPo.Actors.Faults;
using AttnPo.Actors.Pipeline;
using AttnPo.Actors.Run;
using AttnPo.Core.Credit;
using AttnPo.Core.Data;
using AttnPo.Core.Data.Questions;
using AttnPo.Core.Steps;
using AttnPo.Core.Verification.Code;
using AttnPo.Gpu;
using AttnPo.Gpu.Training;
using AttnPo.Host.Models;
using AttnPo.Host.Settings;

namespace AttnPo.Host.Training;

/// <summary>Binds resolved settings to the record of each stage; each key goes to one place.</summary>
internal static class StageSettings
{
    /// <summary>What holds what in rows of prompt files; null: known forms are recognised.</summary>
    public static FieldMap? Fields(ResolvedSettings s) => FieldMap.Of(
        FieldMap.Names.ToDictionary(name => name, name => s.Get<string>($"data.fields.{name}"))).Map;

    /// <summary>The run itself.</summary>
    public static RunSettings Run(ResolvedSettings s) => new()
    {
        Seed = (ulong)s.Get<long>("seed"),
        Steps = s.Integer("steps"),
        SettingsHash = s.Hash(),
        CodeVersion = typeof(StageSettings).Assembly.GetName().Version!.ToString(3),
        RestartBudget = s.Integer("pipeline.restart-budget"),
        StallAfter = s.Get<TimeSpan>("pipeline.stall-after"),
        GiveUpAfter = s.Get<TimeSpan>("pipeline.give-up-after"),
        Retention = new RetentionSettings
        {
            CheckpointEvery = s.Integer("checkpoint.every"),
            KeepCheckpoints = s.Integer("checkpoint.keep-last"),
            KeepCheckpointsEvery = s.Integer("checkpoint.keep-every"),
            KeepSteps = s.Integer("ledger.keep-steps"),
            SnapshotEvery = s.Integer("ledger.snapshot-every"),
        },
    };

    /// <summary>PromptSampler. A prompt must leave the model room for one token of the response.</summary>
    public static PromptSamplerSettings PromptSampler(ResolvedSettings s, ModelFolder model) => new()
    {
        PromptsPerStep = s.Integer("rollout.prompts-per-step"),
        WavesPerStep = s.Integer("rollout.waves-per-step"),
        MaxPromptTokens = Math.Min(s.Integer("rollout.max-prompt-tokens"), model.MaxPromptTokens),
        LongPrompts = s.Get<string>("rollout.long-prompts") == "skip" ? LongPrompts.Skip : LongPrompts.Drop,
        Difficulty = Difficulty(s),
    };

    private static DifficultyFilter? Difficulty(ResolvedSettings s) =>
        KeyEffects.WhySilent(s, "difficulty.retry-every") is not null ? null : new()
        {
            SkipSolved = Streak(s, "difficulty.skip-solved"),
            SkipUnsolved = Streak(s, "difficulty.skip-unsolved"),
            RetryEvery = s.Integer("difficulty.retry-every"),
        };

    private static int? Streak(ResolvedSettings s, string key) => s.Integer(key) is var visits and > 0 ? visits : null;

    /// <summary>Generator.</summary>
    public static GeneratorSettings Generator(ResolvedSettings s, ModelFolder model) => new()
    {
        SamplesPerPrompt = s.Integer("rollout.samples"),
        Sampling = new SamplingSettings(
            s.Integer("rollout.max-new-tokens"), s.Get<double>("rollout.temperature"), s.Get<double>("rollout.top-p"), s.Integer("rollout.top-k"), model.StopTokens),
        Retries = s.Integer("rollout.retries"),
        Window = s.Integer("pipeline.window"),
    };

    /// <summary>RewardVerifier.</summary>
    public static RewardVerifierSettings RewardVerifier(ResolvedSettings s) => new()
    {
        Window = s.Integer("pipeline.window"),
        Budget = s.Get<TimeSpan>("verification.budget"),
        CodeTime = Code(s).Total,
    };

    /// <summary>How mathematical answers are found and compared.</summary>
    public static MathSettings Mathematics(ResolvedSettings s) => new()
    {
        Rule = s.Get<string>("verification.rule"),
        Sources = Verifiers.SourcesNamed(s.Get<string[]>("verification.answer")),
        Budget = s.Get<TimeSpan>("verification.answer-budget"),
    };

    /// <summary>What programs in responses may take.</summary>
    public static CodeSettings Code(ResolvedSettings s) => new()
    {
        Timeout = s.Get<TimeSpan>("verification.code.timeout"),
        Memory = s.Get<long>("verification.code.memory"),
        Total = s.Get<TimeSpan>("verification.code.total"),
    };

    /// <summary>How they are kept from the machine.</summary>
    public static Isolation Isolation(ResolvedSettings s) => Verifiers.IsolationNamed(s.Get<string>("verification.code.isolation"));

    /// <summary>How reasoning is cut.</summary>
    public static SegmentationSettings Segmentation(ResolvedSettings s) =>
        new(s.Integer("segmentation.min-characters"), s.Integer("segmentation.min-summary-characters"));

    /// <summary>The method. With both gates closed no step is rescaled, so none is scored.</summary>
    public static CreditSettings Credit(ResolvedSettings s)
    {
        var method = CreditSettings.For(s.Get<string>("method") switch
        {
            "attnpo" => Method.AttnPo,
            "tlmre" => Method.Tlmre,
            "grpo" => Method.Grpo,
            _ => Method.Rloo,
        });
        return method with
        {
            StepCredit = method.StepCredit && (s.Get<bool>("credit.positive-gate") || s.Get<bool>("credit.negative-gate")),
            LengthPenalty = s.Get<double>("credit.length-penalty"),
            Beta = s.Get<double>("credit.beta"),
            Lambda = s.Get<double>("credit.lambda"),
            Delta = s.Get<double>("credit.delta"),
            Delay = s.Get<double>("credit.delay"),
            Form = s.Get<string>("credit.form") == "paper" ? RescalingForm.Paper : RescalingForm.Reference,
            PositiveGate = s.Get<bool>("credit.positive-gate"),
            NegativeGate = s.Get<bool>("credit.negative-gate"),
            ExcludeTruncated = s.Get<string>("verification.truncated") == "excluded",
        };
    }

    /// <summary>AttentionScorer.</summary>
    public static AttentionScorerSettings AttentionScorer(ResolvedSettings s, IReadOnlyList<HeadId> heads) => new()
    {
        Heads = heads,
        Source = KeyEffects.WhySilent(s, "credit.scores") is null && s.Get<string>("credit.scores") == "labels"
            ? StepScoreSource.Labels : StepScoreSource.Heads,
        Window = s.Integer("pipeline.window"),
    };

    /// <summary>Optimizer, the stage.</summary>
    public static OptimizerStageSettings OptimizerStage(ResolvedSettings s) => new()
    {
        LearningRate = new LearningRateSchedule
        {
            Peak = s.Get<double>("optimizer.learning-rate"),
            Decay = s.Get<string>("optimizer.schedule") switch
            {
                "linear" => LearningRateDecay.Linear,
                "cosine" => LearningRateDecay.Cosine,
                _ => LearningRateDecay.Constant,
            },
            WarmupSteps = s.Integer("optimizer.warmup-steps"),
        },
        LogProbGapBound = LogProbGapBound(s),
        Window = s.Integer("pipeline.window"),
    };

    /// <summary>The optimizer's constants, the engine's.</summary>
    public static OptimizerSettings Optimizer(ResolvedSettings s) => new()
    {
        Beta1 = s.Get<double>("optimizer.beta1"),
        Beta2 = s.Get<double>("optimizer.beta2"),
        Epsilon = s.Get<double>("optimizer.epsilon"),
        WeightDecay = s.Get<double>("optimizer.weight-decay"),
        ClipNorm = s.Get<double>("optimizer.clip-norm"),
        MicroBatchTokens = s.Integer("optimizer.micro-batch-tokens"),
        Recompute = s.Get<bool>("optimizer.recompute"),
        Compute = Format(s, "optimizer.compute"),
        ImportanceCap = s.Get<double>("optimizer.importance-cap") is var cap && double.IsNaN(cap) ? 0 : cap,
    };

    /// <summary>How the generator holds its weights.</summary>
    public static NumberFormat GeneratorFormat(ResolvedSettings s) => Format(s, "rollout.dtype");

    // With 32-bit floats on both sides the gap is some 1e-4 at most; a bfloat16 has 8 bits, and rare tokens differ by a nat.
    private static double LogProbGapBound(ResolvedSettings s) =>
        s.Get<double>("optimizer.logprob-gap-bound") is var bound && !double.IsNaN(bound) ? bound
        : (GeneratorFormat(s), Format(s, "optimizer.compute")) == (NumberFormat.Float32, NumberFormat.Float32) ? 0.01 : 3;

    private static NumberFormat Format(ResolvedSettings s, string key) =>
        s.Get<string>(key) == "bf16" ? NumberFormat.BFloat16 : NumberFormat.Float32;

    /// <summary>Evaluations on held-out prompts; null for none.</summary>
    public static EvaluationSettings? Evaluation(ResolvedSettings s, ModelFolder model) => s.Integer("evaluation.prompts") == 0 ? null : new()
    {
        Every = s.Integer("evaluation.every"),
        Prompts = s.Integer("evaluation.prompts"),
        Samples = s.Integer("evaluation.samples"),
        Sampling = new SamplingSettings(s.Integer("rollout.max-new-tokens"), s.Get<double>("evaluation.temperature"), 1, 0, model.StopTokens),
    };

    /// <summary>Where the journal is.</summary>
    public static JournalSettings Journal(ResolvedSettings s) => new()
    {
        Provider = s.Get<string>("journal.provider") == "postgresql" ? JournalProvider.PostgreSql : JournalProvider.Sqlite,
        ConnectionString = JournalConnection.Complete(s),
    };

    /// <summary>The faults that are injected.</summary>
    public static FaultPlan Faults(ResolvedSettings s) =>
        s.Get<string[]>(FaultSettings.Key) is { Length: > 0 } faults ? new FaultPlan([.. faults.Select(Fault.Parse)]) : FaultPlan.None;

    /// <summary>The task that makes its own prompts; null where they come from files.</summary>
    public static TinyTask? Task(ResolvedSettings s) => s.Get<string>("task.name") == "none" ? null : new TinyTask(
        new TinyTaskSettings
        {
            MinOperations = s.Integer("task.operations-min"),
            MaxOperations = s.Integer("task.operations-max"),
            Distractors = s.Integer("task.distractors"),
        },
        (ulong)s.Get<long>("task.seed"));
}
