namespace AttnPo.Host.Settings;

/// <summary>Finds settings files: the shipped ones by name, any other by path.</summary>
internal static class SettingsFiles
{
    /// <summary>The settings of the embedded default.</summary>
    public const string DefaultName = "tiny";

    /// <summary>The file that holds every key. Named as --config it adds nothing: the published method's defaults, and what --set says.</summary>
    private const string BaseName = "attnpo";

    private static string Shipped => Path.Combine(AppContext.BaseDirectory, "config");

    /// <summary>Resolves what `--config NAME|FILE` and `--set KEY=VALUE` say.</summary>
    public static ResolvedSettings Resolve(string nameOrFile, IEnumerable<string> assignments) =>
        nameOrFile == BaseName
            ? SettingsResolver.Resolve(Defaults(), SettingsLayer.FromAssignments(assignments))
            : SettingsResolver.Resolve(Defaults(), Named(nameOrFile), SettingsLayer.FromAssignments(assignments));

    /// <summary>Resolves a run's own settings.conf with what `--set` changes.</summary>
    public static ResolvedSettings ResolveFile(string path, IEnumerable<string> assignments) =>
        SettingsResolver.Resolve(Defaults(), SettingsLayer.FromFile(path, SettingOrigin.File), SettingsLayer.FromAssignments(assignments));

    /// <summary>The short name of a settings file, used to name the run directory.</summary>
    public static string NameOf(string nameOrFile) => Path.GetFileNameWithoutExtension(nameOrFile);

    private static SettingsLayer Defaults() => SettingsLayer.FromFile(Path.Combine(Shipped, BaseName + ".conf"), SettingOrigin.Defaults, "config/attnpo.conf");

    private static SettingsLayer Named(string nameOrFile)
    {
        // A shipped name comes first: a program called attnpo may lie in the folder one stands in.
        var shipped = Path.Combine(Shipped, nameOrFile + ".conf");
        if (Path.GetFileName(nameOrFile) == nameOrFile && File.Exists(shipped)) return SettingsLayer.FromFile(shipped, SettingOrigin.File, $"config/{nameOrFile}.conf");
        if (File.Exists(nameOrFile)) return SettingsLayer.FromFile(nameOrFile, SettingOrigin.File);
        var names = Directory.EnumerateFiles(Shipped, "*.conf").Select(Path.GetFileNameWithoutExtension).Order();
        throw new SettingsException($"--config {nameOrFile}: no such file; shipped settings are {string.Join(", ", names)}");
    }
}
