using System.Text.RegularExpressions;
using AttnPo.Actors.Pipeline;
using AttnPo.Core.Data;
using AttnPo.Core.Data.Questions;
using AttnPo.Core.Text;
using AttnPo.Host.Models;

namespace AttnPo.Host.Settings;

/// <summary>Every key settings may hold, in the order they are written. A key that is not here is an error wherever it stands.</summary>
internal static partial class SettingsSchema
{
    private static readonly SettingKey[] All =
    [
        new IntegerKey("seed", 0),
        new IntegerKey("steps", 1, 10_000_000) { AffectsResult = false },
        new ChoiceKey("method", "attnpo", "tlmre", "grpo", "rloo"),
        new TextKey("device", "cpu, cuda, cuda:N or auto", text => Device().IsMatch(text)),
        new IntegerKey("threads", 1, 1024, Word: "auto"),

        new TextKey("model.path", "a Hugging Face folder, or the name of a shipped model", text => text.Length > 0),

        new ChoiceKey("task.name", "tiny", "none"),
        new IntegerKey("task.operations-min", 1, 20),
        new IntegerKey("task.operations-max", 1, 20),
        new IntegerKey("task.distractors", 0, 5),
        new IntegerKey("task.seed", 0),

        new ListKey("data.files", "a list of files, e.g. [\"train.jsonl\"]", text => text.Length > 0),
        new FlagKey("data.skip-bad") { Neutral = "false" },
        new TextKey("data.fields.question", "the name of a member, or nothing", _ => true) { Neutral = "\"\"" },
        new TextKey("data.fields.gold", "the name of a member, or nothing", _ => true) { Neutral = "\"\"" },
        new ChoiceKey("data.fields.kind", [.. FieldMap.Kinds]) { Neutral = FieldMap.Kinds[0] },
        new TextKey("data.fields.choices", "the name of a member, or nothing", _ => true) { Neutral = "\"\"" },
        new TextKey("data.fields.source", "the name of a member, or nothing", _ => true) { AffectsResult = false },

        new ChoiceKey("prompt.template", [PromptRendering.Auto, .. ChatTemplate.Names]) { Neutral = PromptRendering.Auto },
        // HOCON leaves spaces at the ends of a value away.
        new TextKey("prompt.system", "a text without spaces at its ends, or nothing", text => text == text.Trim()) { Neutral = "\"\"" },
        new ChoiceKey("prompt.open-think", PromptRendering.OpenThinkWords) { Neutral = PromptRendering.Auto },

        new IntegerKey("rollout.prompts-per-step", 1, 65_536),
        new IntegerKey("rollout.samples", 2, 1024),
        new IntegerKey("rollout.waves-per-step", 1, 65_536),
        new IntegerKey("rollout.retries", 0, 1000) { AffectsResult = false },
        new IntegerKey("rollout.max-prompt-tokens", 1, 1_000_000),
        new ChoiceKey("rollout.long-prompts", "drop", "skip") { Neutral = "drop" },
        new IntegerKey("rollout.max-new-tokens", 1, 1_000_000),
        new RealKey("rollout.temperature", 0, 10, Open: true),
        new RealKey("rollout.top-p", 0, 1, Open: true),
        new IntegerKey("rollout.top-k", 0, 1_000_000),
        new ChoiceKey("rollout.dtype", "f32", "bf16") { Neutral = "f32" },

        new IntegerKey("difficulty.skip-solved", 1, PromptDifficulty.LongestStreak, Word: "off") { Neutral = "off" },
        new IntegerKey("difficulty.skip-unsolved", 1, PromptDifficulty.LongestStreak, Word: "off") { Neutral = "off" },
        new IntegerKey("difficulty.retry-every", 2, 1000),

        new ChoiceKey("segmentation.phrases", "official", "corrected"),
        new IntegerKey("segmentation.min-characters", 0, 100_000),
        new IntegerKey("segmentation.min-summary-characters", 0, 100_000),

        new RealKey("credit.length-penalty", 0, 1),
        new RealKey("credit.beta", 0, 100),
        new RealKey("credit.lambda", 0, 100),
        new RealKey("credit.delta", 0, 1),
        new RealKey("credit.delay", 0),
        new ChoiceKey("credit.form", "reference", "paper"),
        new ListKey("credit.heads", "auto, or a list of layer:head, e.g. [\"16:2\", \"20:9\"]", text => Head().IsMatch(text), Word: "auto", Least: 1),
        new FlagKey("credit.positive-gate"),
        new FlagKey("credit.negative-gate"),
        new ChoiceKey("credit.scores", "heads", "labels"),

        new IntegerKey("heads.every", 0, 10_000_000) { AffectsResult = false },
        new IntegerKey("heads.probe-responses", 2, 2048) { AffectsResult = false },
        new TextKey("heads.probe-file", "a file of labelled responses, or nothing", _ => true) { AffectsResult = false },
        new RealKey("heads.reselect", 0, 1, Open: true, Word: "off") { Neutral = "off" },
        new IntegerKey("heads.most", 1, 64) { AffectsResult = false },

        new ChoiceKey("verification.truncated", "wrong", "excluded"),
        new ChoiceKey("verification.rule", Verifiers.RuleWords) { Neutral = "equality" },
        new ListKey("verification.answer", $"a list of {string.Join(", ", Verifiers.SourceWords)}", Verifiers.SourceWords.Contains, Least: 1) { Neutral = "[\"box\"]" },
        new DurationKey("verification.answer-budget", TimeSpan.FromMilliseconds(1), TimeSpan.FromSeconds(10)) { Neutral = "50ms" },
        // Decides verdicts only where verification blows up, so a run may go on under another. With less than the least a slow machine
        // would decide them elsewhere too.
        new DurationKey("verification.budget", TimeSpan.FromSeconds(1), RewardVerifierSettings.LongestBudget) { AffectsResult = false },

        new ChoiceKey("verification.code.isolation", Verifiers.IsolationWords) { AffectsResult = false },
        // A slow program is a wrong one, so these decide verdicts.
        new DurationKey("verification.code.timeout", TimeSpan.FromSeconds(1), TimeSpan.FromMinutes(10)) { Neutral = "6000ms" },
        new SizeKey("verification.code.memory", 128 << 20) { Neutral = "1073741824" },
        new DurationKey("verification.code.total", TimeSpan.FromSeconds(1), RewardVerifierSettings.LongestBudget) { Neutral = "60000ms" },

        new RealKey("optimizer.learning-rate", 0, 1, Open: true),
        new ChoiceKey("optimizer.schedule", "constant", "linear", "cosine"),
        new IntegerKey("optimizer.warmup-steps", 0, 10_000_000),
        new RealKey("optimizer.beta1", 0, 0.999999),
        new RealKey("optimizer.beta2", 0, 0.99999999),
        new RealKey("optimizer.epsilon", 0, 1, Open: true),
        new RealKey("optimizer.weight-decay", 0, 1),
        new RealKey("optimizer.clip-norm", 0, 1e9, Open: true),
        new IntegerKey("optimizer.micro-batch-tokens", 1, 100_000_000),
        // Another order of the same computation: the result is the same, bit for bit.
        new FlagKey("optimizer.recompute") { AffectsResult = false },
        new ChoiceKey("optimizer.compute", "f32", "bf16") { Neutral = "f32" },
        new RealKey("optimizer.importance-cap", 1, 1e6, Word: "off") { Neutral = "off" },
        new RealKey("optimizer.logprob-gap-bound", 0, Open: true, Word: "auto") { AffectsResult = false },

        new IntegerKey("pipeline.window", 1, 65_536) { AffectsResult = false },
        new IntegerKey("pipeline.restart-budget", 0, 1000) { AffectsResult = false },
        new DurationKey("pipeline.stall-after", TimeSpan.FromSeconds(1)) { AffectsResult = false },
        new DurationKey("pipeline.give-up-after", TimeSpan.FromSeconds(1)) { AffectsResult = false },

        new ChoiceKey("journal.provider", "sqlite", "postgresql") { AffectsResult = false },
        new TextKey("journal.connection-string", "a connection string, or nothing for journal.db in the run directory", _ => true) { AffectsResult = false },

        new IntegerKey("checkpoint.every", 1, 10_000_000) { AffectsResult = false },
        new IntegerKey("checkpoint.keep-last", 1, 1_000_000) { AffectsResult = false },
        new IntegerKey("checkpoint.keep-every", 0, 10_000_000) { AffectsResult = false },

        new IntegerKey("ledger.keep-steps", 0, 10_000_000) { AffectsResult = false },
        new IntegerKey("ledger.snapshot-every", 1, 10_000_000) { AffectsResult = false },

        new IntegerKey("evaluation.every", 0, 10_000_000) { AffectsResult = false },
        new IntegerKey("evaluation.prompts", 0, 1_000_000) { AffectsResult = false },
        new ListKey("evaluation.files", "a list of files, e.g. [\"test.jsonl\"]", text => text.Length > 0) { AffectsResult = false },
        new IntegerKey("evaluation.samples", 1, 1024) { AffectsResult = false },
        new RealKey("evaluation.temperature", 0, 10) { AffectsResult = false },

        new ChoiceKey("log.level", "debug", "info", "warning", "error") { AffectsResult = false },

        new ListKey(
            FaultSettings.Key, "a list of faults, e.g. [\"point=generate,after=3,action=throw\"]",
            text => FaultSettings.WhyNot(text) is null)
            { AffectsResult = false, Persists = false, WhyNot = FaultSettings.WhyNot },
    ];

    private static readonly Dictionary<string, SettingKey> ByPath = All.ToDictionary(key => key.Path);

    /// <summary>All keys.</summary>
    public static IReadOnlyList<SettingKey> Keys => All;

    /// <summary>The key at a path, or null.</summary>
    public static SettingKey? Find(string path) => ByPath.GetValueOrDefault(path);

    [GeneratedRegex(@"^(cpu|cuda(:\d{1,3})?|auto)$")]
    private static partial Regex Device();

    [GeneratedRegex(@"^\d{1,4}:\d{1,4}$")]
    private static partial Regex Head();
}
