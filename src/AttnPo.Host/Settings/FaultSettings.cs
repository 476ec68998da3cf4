using AttnPo.Actors.Faults;

namespace AttnPo.Host.Settings;

/// <summary>
/// The faults that are injected into a run. They are of one start alone: settings.conf does not keep them, so that a run that was
/// hit goes on undisturbed when it is started again.
/// </summary>
internal static class FaultSettings
{
    /// <summary>Their key.</summary>
    public const string Key = "faults";

    /// <summary>Why a text is no fault; null where it is one.</summary>
    public static string? WhyNot(string text)
    {
        try
        {
            Fault.Parse(text);
            return null;
        }
        catch (FormatException e)
        {
            return e.Message;
        }
    }

    /// <summary>The settings with further faults, behind those that they hold.</summary>
    public static ResolvedSettings Add(ResolvedSettings settings, IReadOnlyList<string> faults) =>
        faults.Count == 0 ? settings : settings.With(Key, settings.Get<string[]>(Key).Concat(faults).ToArray());

    /// <summary>The faults as a line says them; null where there are none.</summary>
    public static string? Announcement(ResolvedSettings settings) =>
        settings.Get<string[]>(Key) is { Length: > 0 } faults
            ? $"faults are injected, in this start alone: {string.Join("; ", faults.Select(Fault.Parse))}"
            : null;
}
