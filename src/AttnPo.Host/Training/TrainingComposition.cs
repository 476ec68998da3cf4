using AttnPo.Actors.Protocol;
using AttnPo.Actors.Run;
using AttnPo.Core.Data;
using AttnPo.Core.Steps;
using AttnPo.Core.Verification;
using AttnPo.Gpu;
using AttnPo.Gpu.Checkpoints;
using AttnPo.Gpu.Generation;
using AttnPo.Gpu.Model;
using AttnPo.Host.Evaluations;
using AttnPo.Host.Models;
using AttnPo.Host.Rows;
using AttnPo.Host.Settings;

namespace AttnPo.Host.Training;

/// <summary>Puts a run together from settings: engine, task, reader, stages.</summary>
internal static class TrainingComposition
{
    /// <summary>
    /// Decides what settings leave to the machine or the model (threads, device, heads), so that the hash and settings.conf name what is
    /// really used, and makes the engine ready.
    /// </summary>
    public static ResolvedSettings Decide(ResolvedSettings settings)
    {
        if (settings.Get<long>("threads") < 0) settings = settings.With("threads", (long)Environment.ProcessorCount);
        settings = settings.With("device", EngineDevice.Prepare(settings.Get<string>("device"), settings.Integer("threads")));
        if (KeyEffects.WhySilent(settings, "credit.heads") is not null || settings.Get<string[]>("credit.heads") is not ["auto"]) return settings;
        var heads = ModelFolder.Open(settings.Get<string>("model.path")).OwnHeads();
        return settings.With("credit.heads", heads.Select(head => head.ToString()).ToArray());
    }

    /// <summary>
    /// Where the trainer publishes and the generator reads. One version is enough: the next is published when all rollouts of the
    /// step are in.
    /// </summary>
    public static PolicyStore Store(ResolvedSettings settings) => new(1, StageSettings.GeneratorFormat(settings));

    /// <summary>The run's parts. The store must outlive the run; rows of the data that were left out are reported as a warning.</summary>
    public static RunSetup Compose(ResolvedSettings settings, string runDirectory, PolicyStore store, Action<RunProtocol.IRunProgress> observe, TextWriter? warnings = null)
    {
        var model = ModelFolder.Open(settings.Get<string>("model.path"));
        if (model.StopTokens.Count == 0)
            throw new WorkFailedException($"{model.Directory}: neither generation_config.json nor config.json holds eos_token_id, so no response would end; add it");
        var device = settings.Get<string>("device");
        var (optimizer, generatorFormat) = (StageSettings.Optimizer(settings), StageSettings.GeneratorFormat(settings));
        var credit = StageSettings.Credit(settings);
        var task = StageSettings.Task(settings);
        var readsHeads = KeyEffects.WhySilent(settings, "credit.heads") is null;
        IReadOnlyList<HeadId> heads = readsHeads ? Heads(settings, model) : [];
        var bad = new BadRows(settings.Get<bool>("data.skip-bad"), "data.skip-bad = true");
        // Before anything of a run is made: a damaged file is no beginning.
        HuggingFaceModel.Check(model.Directory);
        IPromptSet training = task?.Train ?? new PromptFiles(
            settings.Get<string[]>("data.files"), PromptRendering.Of(settings, model), bad, fields: StageSettings.Fields(settings));
        var heldOut = task is null ? HeldOut(settings, model, bad) : null;
        if (bad.Report is { } left) warnings?.WriteLine(left);
        var isolation = StageSettings.Isolation(settings);
        // A task's answers are no programs.
        const string Without = "verification.code.isolation = none";
        if (task is null) Verifiers.Require(Verifiers.KindsOf(training, training.Count), isolation, Without);
        if (heldOut is not null)
            Verifiers.Require(Verifiers.KindsOf(heldOut, Math.Min(heldOut.Count, settings.Integer("evaluation.prompts"))), isolation, Without);
        var reader = new ResponseReader(
            model.Tokenizer, PhraseTable.Named(settings.Get<string>("segmentation.phrases")), StageSettings.Segmentation(settings),
            Verifiers.Create(StageSettings.Mathematics(settings), StageSettings.Code(settings), isolation));
        return new RunSetup
        {
            Directory = Path.GetFullPath(runDirectory),
            Run = StageSettings.Run(settings),
            PromptSampler = StageSettings.PromptSampler(settings, model),
            Generator = StageSettings.Generator(settings, model),
            RewardVerifier = StageSettings.RewardVerifier(settings),
            Credit = credit,
            AttentionScorer = StageSettings.AttentionScorer(settings, heads),
            Optimizer = StageSettings.OptimizerStage(settings),
            HeadWatch = WatchedHeads.Of(settings, model, task, reader, warnings),
            Evaluation = StageSettings.Evaluation(settings, model),
            Journal = StageSettings.Journal(settings),
            AkkaLogLevel = settings.Get<string>("log.level").ToUpperInvariant(),
            Training = training,
            HeldOut = task?.HeldOut ?? heldOut,
            HeldOutSets = heldOut is null ? null : [.. DataSets.Names(heldOut).Select(MetricName)],
            Tokenizer = model.Tokenizer,
            Reader = reader,
            Labels = task,
            CreateLearner = () => Learner.Start(model.Directory, optimizer, device, store),
            CreateGenerator = () => new Generator(store, model.Config, device, format: generatorFormat),
            Faults = StageSettings.Faults(settings),
            Observe = observe,
        };
    }

    private static PromptFiles? HeldOut(ResolvedSettings settings, ModelFolder model, BadRows bad) =>
        settings.Integer("evaluation.prompts") == 0 ? null : new(
            settings.Get<string[]>("evaluation.files"), PromptRendering.Of(settings, model), bad,
            text => model.PromptFault(model.Tokenizer.Encode(text)), StageSettings.Fields(settings), distinct: true);

    // Slashes part the names of metrics.
    private static string MetricName(string set) =>
        string.Concat(set.Select(character => char.IsLetterOrDigit(character) || character is '.' or '-' or '_' ? character : '-'));

    private static IReadOnlyList<HeadId> Heads(ResolvedSettings settings, ModelFolder model)
    {
        try
        {
            return model.Heads(settings.Get<string[]>("credit.heads"), settings.SourceOf("credit.heads") + ": credit.heads");
        }
        catch (InvalidDataException e)
        {
            throw new SettingsException(e.Message);
        }
    }
}
