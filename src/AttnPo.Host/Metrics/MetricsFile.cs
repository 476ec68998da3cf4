using System.Text.Json;

namespace AttnPo.Host.Metrics;

/// <summary>Reads metrics.jsonl of a run: one object of numbers a line.</summary>
internal static class MetricsFile
{
    /// <summary>The row of the last committed step; null where none is.</summary>
    public static Dictionary<string, double>? LastStep(string runDirectory) =>
        Read(runDirectory).LastOrDefault(row => row.ContainsKey("train/loss"));

    /// <summary>The rows; none where the file does not exist yet. A last line without its end is still being written and is no row.</summary>
    public static IReadOnlyList<Dictionary<string, double>> Read(string runDirectory)
    {
        var path = Path.Combine(runDirectory, "metrics.jsonl");
        if (!File.Exists(path)) return [];
        using var file = new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete);
        using var reader = new StreamReader(file);
        var text = reader.ReadToEnd();
        var rows = new List<Dictionary<string, double>>();
        foreach (var line in text[..(text.LastIndexOf('\n') + 1)].Split('\n', StringSplitOptions.RemoveEmptyEntries))
        {
            try
            {
                using var document = JsonDocument.Parse(line);
                rows.Add(document.RootElement.EnumerateObject().Where(member => member.Value.ValueKind == JsonValueKind.Number)
                    .ToDictionary(member => member.Name, member => member.Value.GetDouble()));
            }
            catch (Exception e) when (e is JsonException or InvalidOperationException)
            {
                throw new InvalidDataException($"{path}:{rows.Count + 1}: not a line of metrics: {e.Message}");
            }
        }

        return rows;
    }
}
