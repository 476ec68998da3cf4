namespace AttnPo.Host.Settings;

/// <summary>Settings or arguments that cannot be used: the command ends with exit code 2 before any work starts.</summary>
internal sealed class SettingsException(string message) : Exception(message)
{
    /// <summary>The form every settings error has: where, which key, what it holds, what was expected.</summary>
    public static SettingsException ForKey(SettingSource source, string key, string problem) => new($"{source}: {key}: {problem}");
}
