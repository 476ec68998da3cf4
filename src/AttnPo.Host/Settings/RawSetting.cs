namespace AttnPo.Host.Settings;

/// <summary>A value as it was written, before its key has said what type it must have.</summary>
/// <param name="Scalar">The text of a single value; null where a list was written.</param>
/// <param name="List">The texts of a list; null where a single value was written.</param>
/// <param name="Source">Where it was written.</param>
internal sealed record RawSetting(string? Scalar, IReadOnlyList<string>? List, SettingSource Source)
{
    /// <summary>The value as an error message shows it.</summary>
    public string Shown => Scalar is null ? $"[{string.Join(", ", List!)}]" : $"\"{Scalar}\"";
}
