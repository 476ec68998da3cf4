using System.Globalization;
using System.Text.Json.Nodes;
using AttnPo.Core.Probing;

namespace AttnPo.Host.Probing;

/// <summary>What interventions came to, for programs and for people.</summary>
internal static class InterventionOutput
{
    /// <summary>The object of intervention.json.</summary>
    public static JsonObject Json(InterventionReport report, InterventionSettings settings, int leftOut) => new()
    {
        ["removed_steps"] = settings.Removed,
        ["answers"] = settings.Answers,
        ["temperature"] = settings.Sampling.Temperature,
        ["seed"] = settings.Seed,
        ["responses"] = report.Responses,
        ["prompts"] = report.Prompts,
        ["left_out"] = leftOut,
        ["arms"] = new JsonArray([.. report.Arms.Select(arm => new JsonObject
        {
            ["arm"] = Name(arm.Arm),
            ["accuracy"] = arm.Accuracy,
            ["low"] = arm.Low,
            ["high"] = arm.High,
            ["removed_tokens"] = arm.RemovedTokens,
            ["removed_essential"] = arm.RemovedEssential,
        })]),
        ["differences"] = new JsonArray([.. report.Differences.Select(difference => new JsonObject
        {
            ["first"] = Name(difference.First),
            ["second"] = Name(difference.Second),
            ["mean"] = difference.Mean,
            ["low"] = difference.Low,
            ["high"] = difference.High,
        })]),
    };

    /// <summary>The table, line by line.</summary>
    public static IEnumerable<string> Lines(InterventionReport report, InterventionSettings settings)
    {
        var known = report.Arms.Any(arm => arm.RemovedEssential is not null);
        string[][] arms =
        [
            [$"{settings.Removed} steps taken out", "accuracy", "95 % interval", "tokens out", .. known ? ["essential"] : Array.Empty<string>()],
            .. report.Arms.Select(arm => (string[])
            [
                Name(arm.Arm), Percent(arm.Accuracy), $"{Percent(arm.Low)} to {Percent(arm.High)}", Text($"{arm.RemovedTokens:F1}"),
                .. known ? [arm.RemovedEssential is { } share ? Percent(share) : "-"] : Array.Empty<string>(),
            ]),
        ];
        string[][] differences =
        [
            ["difference, in points", "mean", "95 % interval"],
            .. report.Differences.Select(difference => (string[])
            [
                $"{Name(difference.First)} - {Name(difference.Second)}", Points(difference.Mean),
                $"{Points(difference.Low)} to {Points(difference.High)}",
            ]),
        ];
        return
        [
            Text($"interventions on {report.Responses} responses that did not choose the heads"), .. Aligned(arms), .. Aligned(differences),
        ];
    }

    /// <summary>Rows as columns: the first to the left, the others to the right.</summary>
    public static IEnumerable<string> Aligned(IReadOnlyList<string[]> rows)
    {
        int[] widths = [.. Enumerable.Range(0, rows[0].Length).Select(column => rows.Max(row => row[column].Length))];
        return rows.Select(row =>
            string.Join("  ", row.Select((cell, i) => i == 0 ? cell.PadRight(widths[i]) : cell.PadLeft(widths[i]))).TrimEnd());
    }

    private static string Name(RemovalArm arm) => arm.ToString().ToLowerInvariant();

    private static string Percent(double share) => Text($"{100 * share:F1} %");

    private static string Points(double share) => Text($"{100 * share:+0.0;-0.0;0.0}");

    private static string Text(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);
}
