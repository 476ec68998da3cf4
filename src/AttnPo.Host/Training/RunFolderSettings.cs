using AttnPo.Host.Settings;

namespace AttnPo.Host.Training;

/// <summary>Which settings a run directory is trained with: those given, those it holds already, or an error where the two differ.</summary>
internal static class RunFolderSettings
{
    private const string FileName = "settings.conf";

    /// <summary>Whether a directory holds a run.</summary>
    public static bool HoldsRun(string runDirectory) => File.Exists(PathIn(runDirectory));

    /// <summary>The settings of the run that a directory holds.</summary>
    public static ResolvedSettings Held(string runDirectory) => SettingsFiles.ResolveFile(PathIn(runDirectory), []);

    // Another journal knows nothing of this run: it would begin anew and clear away what is there.
    private static readonly string[] JournalKeys = ["journal.provider", "journal.connection-string"];

    /// <summary>Resolves the settings; what the machine decides is decided.</summary>
    /// <param name="runDirectory">The directory.</param>
    /// <param name="config">What --config names; null where it was not given.</param>
    /// <param name="assignments">What --set says.</param>
    /// <param name="fresh">Whether a run that is there is an error.</param>
    /// <exception cref="SettingsException">They cannot be used, or not for the run that is there.</exception>
    public static ResolvedSettings Resolve(string runDirectory, string? config, IReadOnlyList<string> assignments, bool fresh)
    {
        if (!HoldsRun(runDirectory)) return TrainingComposition.Decide(SettingsFiles.Resolve(config ?? SettingsFiles.DefaultName, assignments));
        if (fresh) throw new SettingsException($"--fresh: {runDirectory} already holds a run; name another directory with --run, or remove this one");

        var held = Held(runDirectory);
        var asked = TrainingComposition.Decide(config is null
            ? SettingsFiles.ResolveFile(PathIn(runDirectory), assignments) : SettingsFiles.Resolve(config, assignments));
        var differences = asked.DifferencesTo(held).Concat(JournalKeys.Where(key => asked.Written(key) != held.Written(key))).ToList();
        if (differences.Count == 0) return asked;
        // A key that is in force on one side alone differs by that; what was asked for says why.
        var unequal = differences.Where(key => held.Written(key) != asked.Written(key)).ToList();
        if (unequal.Count > 0) differences = unequal;
        var shown = string.Join(", ", differences.Select(key => $"{key} = {held.Written(key)} there, {asked.Written(key)} asked for"));
        throw new SettingsException($"{runDirectory} holds a run with other settings: {shown}; " + (differences is ["steps"]
            ? $"with optimizer.schedule = {asked.Written("optimizer.schedule")} they decide the learning rate of every step: keep steps, "
                + "or train in another directory, with optimizer.schedule = constant if it is to be given more steps later"
            : $"leave {differences[0]} as it is, or name another directory with --run"));
    }

    /// <summary>Writes the settings of a run that begins, whole, if no other process has begun one meanwhile.</summary>
    /// <exception cref="WorkFailedException">Another process has.</exception>
    public static void Begin(string runDirectory, ResolvedSettings settings)
    {
        try
        {
            Write(runDirectory, settings, replace: false);
        }
        catch (IOException) when (HoldsRun(runDirectory))
        {
            throw new WorkFailedException($"{runDirectory} is in use: another process has just begun a run there; wait for its end, or choose another directory");
        }
    }

    /// <summary>Writes the settings of a run that is gone on with. For the process that holds the run alone.</summary>
    public static void Renew(string runDirectory, ResolvedSettings settings) => Write(runDirectory, settings, replace: true);

    private static void Write(string runDirectory, ResolvedSettings settings, bool replace)
    {
        using var file = new Rows.WholeFile(PathIn(runDirectory));
        file.Stream.Write(System.Text.Encoding.UTF8.GetBytes(settings.ToHocon()));
        file.Commit(replace);
    }

    private static string PathIn(string runDirectory) => Path.Combine(runDirectory, FileName);
}
