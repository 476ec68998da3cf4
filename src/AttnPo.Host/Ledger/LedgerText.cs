using System.Globalization;
using System.Text.Json;
using AttnPo.Actors.Protocol;
using AttnPo.Actors.Run;
using AttnPo.Core.Data;

namespace AttnPo.Host.Ledger;

/// <summary>Words and figures that the reports on a ledger share.</summary>
internal static class LedgerText
{
    /// <summary>A word of an enumeration, as files have it: snake_case.</summary>
    public static string Word<T>(T value)
        where T : struct, Enum => JsonNamingPolicy.SnakeCaseLower.ConvertName(value.ToString());

    /// <summary>When something was journaled; early versions did not say.</summary>
    public static string At(RunEvent? happened) =>
        happened?.At is { } at ? at.UtcDateTime.ToString("yyyy-MM-dd HH:mm:ss'Z'", CultureInfo.InvariantCulture) : "-";

    /// <summary>How far a wave came, in a word.</summary>
    public static string Stage(WaveHistory? wave) =>
        wave is { Judged: not null } ? "judged" : wave is { Generated: not null } ? "generated" : "sampled";

    /// <summary>How a group ended, in a word.</summary>
    public static string Fate(GroupHistory group) =>
        group.Outcome is not { } outcome ? "open" : outcome.Dropped is null ? "used" : "dropped";

    /// <summary>Dropped groups by reason; a dash where there are none.</summary>
    public static string Dropped(IReadOnlyDictionary<DropReason, long> dropped)
    {
        var text = string.Join(", ", dropped.OrderBy(entry => entry.Key).Select(entry => $"{Word(entry.Key)} {entry.Value}"));
        return text.Length == 0 ? "-" : text;
    }

    /// <summary>Prompts that were passed over, by reason; a dash where there are none.</summary>
    public static string Skipped(SkippedPrompts? skipped)
    {
        (string Reason, long Count)[] reasons = skipped is null
            ? []
            : [("too_long", skipped.TooLong), ("solved", skipped.Solved), ("unsolved", skipped.Unsolved)];
        var text = string.Join(", ", reasons.Where(reason => reason.Count > 0).Select(reason => $"{reason.Reason} {reason.Count}"));
        return text.Length == 0 ? "-" : text;
    }

    /// <summary>A figure of a step; a dash where it has none.</summary>
    public static string Figure(IReadOnlyDictionary<string, double> metrics, string key, string format) =>
        metrics.TryGetValue(key, out var value) ? value.ToString(format, CultureInfo.InvariantCulture) : "-";
}
