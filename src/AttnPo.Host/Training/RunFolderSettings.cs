using AttnPo.Host.Settings;

namespace AttnPo.Host.Training;

/// <summary>Which settings a run directory is trained with: those given, those it holds already, or an error where the two differ.</summary>
internal static class RunFolderSettings
{
    private const string FileName = "settings.conf";

    /// <summary>Whether a directory holds a run.</summary>
    public static bool HoldsRun(string runDirectory) => File.Exists(PathIn(runDirectory));

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

        var held = SettingsFiles.ResolveFile(PathIn(runDirectory), []);
        var asked = TrainingComposition.Decide(config is null
            ? SettingsFiles.ResolveFile(PathIn(runDirectory), assignments) : SettingsFiles.Resolve(config, assignments));
        if (asked.DifferencesTo(held).ToList() is [var first, ..] differences)
            throw new SettingsException(
                $"{runDirectory} holds a run with other settings: {string.Join(", ", differences.Select(key => $"{key} = {held.Written(key)} there, {asked.Written(key)} asked for"))}; "
                + $"leave {first} as it is, or name another directory with --run");
        return asked;
    }

    /// <summary>Writes the resolved settings beside the run, whole.</summary>
    public static void Write(string runDirectory, ResolvedSettings settings)
    {
        using var file = new Rows.WholeFile(PathIn(runDirectory));
        file.Stream.Write(System.Text.Encoding.UTF8.GetBytes(settings.ToHocon()));
        file.Commit();
    }

    private static string PathIn(string runDirectory) => Path.Combine(runDirectory, FileName);
}
