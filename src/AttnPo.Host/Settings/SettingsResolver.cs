namespace AttnPo.Host.Settings;

/// <summary>Lays settings files and the command line over attnpo.conf and checks every key and value, before any work starts.</summary>
internal static class SettingsResolver
{
    /// <summary>Resolves layers; later ones win.</summary>
    /// <exception cref="SettingsException">An unknown key, a value of the wrong type or out of range, a key without effect, or keys that contradict each other.</exception>
    public static ResolvedSettings Resolve(params IReadOnlyList<SettingsLayer> layers)
    {
        var raw = new Dictionary<string, RawSetting>();
        foreach (var layer in layers)
            foreach (var (path, value) in layer.Values)
            {
                if (SettingsSchema.Find(path) is null) throw Unknown(path, value);
                raw[path] = value;
            }

        var values = new Dictionary<string, (object, SettingSource)>();
        foreach (var key in SettingsSchema.Keys)
        {
            if (!raw.TryGetValue(key.Path, out var text))
                throw new SettingsException($"attnpo.conf: {key.Path}: missing; expected {key.Expected}");
            var value = key.Read(text)
                ?? throw SettingsException.ForKey(text.Source, key.Path, key.ProblemOf(text));
            values[key.Path] = (value, text.Source);
        }

        var settings = new ResolvedSettings(values);
        CheckAgainstEachOther(settings);
        KeyEffects.Check(settings);
        return settings;
    }

    private static SettingsException Unknown(string path, RawSetting value)
    {
        var group = SettingsSchema.Keys.FirstOrDefault(key => key.Path.StartsWith(path + ".", StringComparison.Ordinal));
        return SettingsException.ForKey(value.Source, path, group is null
            ? $"unknown key; the nearest known one is {NearestKey.Of(path, SettingsSchema.Keys.Select(key => key.Path))}"
            : $"{value.Shown} stands where a group was expected, e.g. {group.Path}");
    }

    private static void CheckAgainstEachOther(ResolvedSettings s)
    {
        var prompts = s.Get<long>("rollout.prompts-per-step");
        var waves = s.Get<long>("rollout.waves-per-step");
        var stall = s.Get<TimeSpan>("pipeline.stall-after");
        Require(
            s, "pipeline.give-up-after", s.Get<TimeSpan>("pipeline.give-up-after") >= stall,
            $"at least pipeline.stall-after = {s.Written("pipeline.stall-after")}: a wait is reported before it is given up");
        Require(s, "rollout.waves-per-step", waves <= prompts, $"at most rollout.prompts-per-step = {prompts}: a wave holds at least one prompt");
        if (s.Get<string>("task.name") == "none")
        {
            Require(
                s, "heads.every", s.Get<long>("heads.every") == 0 || KeyEffects.WhySilent(s, "heads.every") is not null
                    || s.Get<string>("heads.probe-file").Length > 0,
                "0, since heads.probe-file names no responses to watch heads on");
            Require(s, "data.files", s.Get<string[]>("data.files").Length > 0, "at least one file, since task.name = none");
            var (asked, gold) = (s.Get<string>("data.fields.question").Length > 0, s.Get<string>("data.fields.gold").Length > 0);
            Require(s, "data.fields.gold", gold == asked, "a member where data.fields.question names one, and none where it does not");
            Require(
                s, "data.fields.choices", !asked || s.Get<string>("data.fields.choices").Length == 0 || s.Get<string>("data.fields.kind") == "choice",
                "nothing, since data.fields.kind is not choice");
            Require(
                s, "evaluation.prompts", s.Get<long>("evaluation.prompts") == 0 || s.Get<string[]>("evaluation.files").Length > 0,
                "0, since evaluation.files names no held-out prompts");
        }
        else
        {
            Require(s, "task.operations-max", s.Get<long>("task.operations-max") >= s.Get<long>("task.operations-min"), "at least task.operations-min");
        }

        if (KeyEffects.WhySilent(s, "credit.scores") is null)
            Require(
                s, "credit.scores", s.Get<string>("credit.scores") == "heads" || s.Get<string>("task.name") != "none",
                "heads: only a task with known truth has labels");
        JournalConnection.Check(s);
    }

    private static void Require(ResolvedSettings s, string path, bool holds, string expected)
    {
        if (!holds) throw SettingsException.ForKey(s.SourceOf(path), path, $"{s.Written(path)} where {expected} was expected");
    }
}
