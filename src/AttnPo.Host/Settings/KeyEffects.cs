namespace AttnPo.Host.Settings;

/// <summary>
/// Which keys do nothing under which other settings. A key that was asked for and does nothing is an error: whoever wrote it
/// believes that it does something.
/// </summary>
internal static class KeyEffects
{
    private static readonly Rule[] Rules =
    [
        new(["method"], s => s.Get<string>("method") != "attnpo", s => $"method = {s.Get<string>("method")} gives no step credit",
            path => path is "credit.beta" or "credit.lambda" or "credit.delta" or "credit.delay" or "credit.form" or "credit.heads"
                or "credit.positive-gate" or "credit.negative-gate" or "credit.scores" || IsOfHeads(path)),
        new(["method"], s => s.Get<string>("method") is "grpo" or "rloo", s => $"method = {s.Get<string>("method")} has no length penalty",
            path => path == "credit.length-penalty"),
        new(["credit.positive-gate"], s => !s.Get<bool>("credit.positive-gate"), _ => "credit.positive-gate = false attenuates nothing",
            path => path is "credit.lambda" or "credit.delta" or "credit.delay" or "credit.form"),
        new(["credit.positive-gate", "credit.negative-gate"], s => !s.Get<bool>("credit.positive-gate") && !s.Get<bool>("credit.negative-gate"),
            _ => "credit.positive-gate = false and credit.negative-gate = false rescale no step",
            path => path is "credit.beta" or "credit.heads" or "credit.scores" || IsOfHeads(path)),
        new(["credit.scores"], s => s.Get<string>("credit.scores") == "labels", _ => "credit.scores = labels reads no attention",
            path => path == "credit.heads" || IsOfHeads(path)),
        new(["heads.every"], s => s.Get<long>("heads.every") == 0, _ => "heads.every = 0 watches no head", path => IsOfHeads(path) && path != "heads.every"),
        new(["heads.reselect"], s => double.IsNaN(s.Get<double>("heads.reselect")), _ => "heads.reselect = off keeps the heads", path => path == "heads.most"),
        new(["task.name"], s => s.Get<string>("task.name") == "none", _ => "task.name = none uses data.files",
            path => (path.StartsWith("task.", StringComparison.Ordinal) && path != "task.name") || path == "heads.probe-responses"),
        new(["task.name"], s => s.Get<string>("task.name") != "none", s => $"task.name = {s.Get<string>("task.name")} makes its own prompts",
            path => path.StartsWith("data.", StringComparison.Ordinal) || path.StartsWith("prompt.", StringComparison.Ordinal) || path is "evaluation.files" or "heads.probe-file"),
        new(["verification.rule"], s => s.Get<string>("verification.rule") == "exact", _ => "verification.rule = exact takes no work to speak of",
            path => path == "verification.answer-budget"),
        new(["verification.rule"], s => s.Get<string>("verification.rule") == "reference", _ => "verification.rule = reference takes the last box alone",
            path => path == "verification.answer"),
        new(["difficulty.skip-solved", "difficulty.skip-unsolved"],
            s => s.Get<long>("difficulty.skip-solved") < 0 && s.Get<long>("difficulty.skip-unsolved") < 0,
            _ => "difficulty.skip-solved = off and difficulty.skip-unsolved = off pass over no prompt", path => path == "difficulty.retry-every"),
        new(["data.fields.question"], s => s.Get<string>("data.fields.question").Length == 0, _ => "data.fields.question names no member",
            path => path is "data.fields.kind" or "data.fields.choices" or "data.fields.source"),
        new(["evaluation.prompts"], s => s.Get<long>("evaluation.prompts") == 0, _ => "evaluation.prompts = 0 evaluates nothing",
            path => path is "evaluation.every" or "evaluation.files" or "evaluation.samples" or "evaluation.temperature"),
    ];

    private static bool IsOfHeads(string path) => path.StartsWith("heads.", StringComparison.Ordinal);

    /// <summary>Why a key does nothing under these settings; null where it does something.</summary>
    public static string? WhySilent(ResolvedSettings settings, string path) =>
        Rules.FirstOrDefault(rule => rule.Silences(path) && rule.Holds(settings))?.Because(settings);

    /// <summary>
    /// Stops at a key that was asked for and does nothing. A choice made in a later place than the key (--set method=rloo over
    /// a file that tunes step credit) overrules the file and is no mistake.
    /// </summary>
    public static void Check(ResolvedSettings settings)
    {
        foreach (var key in SettingsSchema.Keys)
        {
            var source = settings.SourceOf(key.Path);
            if (source.Origin == SettingOrigin.Defaults) continue;
            var rule = Rules.FirstOrDefault(rule => rule.Silences(key.Path) && rule.Holds(settings)
                && rule.Causes.Max(cause => settings.SourceOf(cause).Origin) <= source.Origin);
            if (rule is not null)
                throw SettingsException.ForKey(source, key.Path, $"{settings.Written(key.Path)} has no effect: {rule.Because(settings)}; remove the key");
        }
    }

    private sealed record Rule(string[] Causes, Func<ResolvedSettings, bool> Holds, Func<ResolvedSettings, string> Because, Func<string, bool> Silences);
}
