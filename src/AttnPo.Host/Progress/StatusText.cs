using System.Globalization;
using System.Text.Json;
using AttnPo.Host.Ledger;

namespace AttnPo.Host.Progress;

/// <summary>The status of a run in lines, from the JSON that a run of whatever version answers with: what is missing has no line.</summary>
internal static class StatusText
{
    /// <summary>The lines.</summary>
    /// <param name="directory">Of the run.</param>
    /// <param name="answer">The JSON.</param>
    /// <param name="now">The time to which waits are counted.</param>
    public static IEnumerable<string> Lines(string directory, string answer, DateTimeOffset now)
    {
        using var document = JsonDocument.Parse(answer);
        var status = document.RootElement;
        yield return TerminalText.Safe(Head(directory, status));
        if (status.TryGetProperty("journal_fault", out var fault)) yield return TerminalText.Safe($"  journal: {fault.GetString()}");
        if (status.TryGetProperty("checkpoint", out var checkpoint))
            yield return Line("checkpoint", checkpoint.GetInt64() == 0 ? "none yet" : $"step {checkpoint}");
        if (status.TryGetProperty("heads_reselected", out var heads))
            yield return TerminalText.Safe(Line("heads re-selected", string.Join(' ', heads.EnumerateArray().Select(head => head.GetString()))));
        if (status.TryGetProperty("groups", out var groups))
        {
            var dropped = string.Join(", ", groups.GetProperty("dropped").EnumerateObject().Select(entry => $"{entry.Name} {entry.Value}"));
            yield return Line("groups", $"{groups.GetProperty("used")} used, dropped: {(dropped.Length == 0 ? "none" : dropped)}");
        }

        if (status.TryGetProperty("disk", out var disk))
        {
            var parts = disk.EnumerateObject().Select(entry => (entry.Name, Bytes: entry.Value.GetInt64())).ToList();
            var purposes = string.Join(", ", parts.Select(part => $"{part.Name} {Bytes(part.Bytes)}"));
            yield return Line("disk", $"{Bytes(parts.Sum(part => part.Bytes))}: {purposes}");
        }

        foreach (var stage in Items(status, "stages")) yield return TerminalText.Safe(Stage(stage, now));
        foreach (var item in Items(status, "overdue")) yield return TerminalText.Safe(Line("overdue", item.GetString()!));
        foreach (var metric in status.GetProperty("metrics").EnumerateObject())
        {
            if (metric.Name == "step") continue;
            yield return TerminalText.Safe(Line(metric.Name, metric.Value.GetDouble().ToString("G5", CultureInfo.InvariantCulture)));
        }
    }

    private static string Head(string directory, JsonElement status)
    {
        var step = status.GetProperty("step").GetInt64();
        var state = status.TryGetProperty("state", out var word) ? word.GetString() : "";
        if (status.GetProperty("live").GetBoolean())
        {
            return $"{directory}: {state}{Soon("stopping")}{Soon("pausing")}, step {step} of {status.GetProperty("steps")} committed"
                + (state == "paused" ? $"; attnpo resume {directory} goes on" : "");
        }

        return $"{directory}: not running; " + state switch
        {
            "paused" =>
                $"paused after step {step}; attnpo train --run {directory} starts it paused, attnpo resume {directory} then goes on",
            "finished" => $"all {step} steps are made",
            _ => $"{(step == 0 ? "no step committed" : $"step {step} was the last committed")}; attnpo train --run {directory} goes on",
        };

        string Soon(string what) => status.TryGetProperty(what, out var soon) && soon.GetBoolean() ? $", {what}" : "";
    }

    private static string Stage(JsonElement stage, DateTimeOffset now)
    {
        var waves = Items(stage, "waves")
            .Select(wave => $"{wave.GetProperty("wave").GetString()} for {Since(wave.GetProperty("since"))}").ToList();
        var held = waves.Count > 0 ? string.Join(", ", waves) : $"{stage.GetProperty("in_hand")} waves";
        return Line(
            stage.GetProperty("stage").GetString()!,
            $"holds {held}; {stage.GetProperty("done")} passed on, {stage.GetProperty("demand")} asked for");

        string Since(JsonElement time) => RunFigures.Readable(now - time.GetDateTimeOffset());
    }

    private static IEnumerable<JsonElement> Items(JsonElement element, string name) =>
        element.TryGetProperty(name, out var items) ? items.EnumerateArray() : [];

    private static string Line(string name, string value) => string.Create(CultureInfo.InvariantCulture, $"  {name,-28} {value}");

    private static string Bytes(long bytes) => bytes switch
    {
        >= 1_000_000_000 => string.Create(CultureInfo.InvariantCulture, $"{bytes / 1e9:0.0} GB"),
        >= 1_000_000 => string.Create(CultureInfo.InvariantCulture, $"{bytes / 1e6:0.0} MB"),
        _ => string.Create(CultureInfo.InvariantCulture, $"{bytes / 1e3:0.0} kB"),
    };
}
