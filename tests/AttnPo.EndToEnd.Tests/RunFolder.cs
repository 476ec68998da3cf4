using System.Security.Cryptography;
using System.Text.Json;

namespace AttnPo.EndToEnd.Tests;

/// <summary>A run directory under a temporary folder, and what a test asks of it.</summary>
internal sealed class RunFolder : IDisposable
{
    private readonly DirectoryInfo _parent = Directory.CreateTempSubdirectory("attnpo-");

    public string Path => System.IO.Path.Combine(_parent.FullName, "run");

    public void Dispose() => _parent.Delete(recursive: true);

    /// <summary>Trains with the shipped model, few steps, little evaluation.</summary>
    public string[] Train(int steps, params string[] settings) =>
        ["train", "--run", Path, .. settings.Prepend($"steps={steps}").SelectMany(setting => new[] { "--set", setting })];

    /// <summary>The last committed step.</summary>
    public double Committed => Metrics().Where(row => row.ContainsKey("train/loss")).Select(row => row["step"]).DefaultIfEmpty().Max();

    /// <summary>Whether a wave has been generated since then.</summary>
    public bool HasWavesSince(DateTime time)
    {
        var rollouts = System.IO.Path.Combine(Path, "rollouts");
        return Directory.Exists(rollouts)
            && Directory.GetFiles(rollouts, "wave-*-rollouts-*", SearchOption.AllDirectories).Any(file => File.GetLastWriteTimeUtc(file) > time);
    }

    /// <summary>Waits for a moment in the life of a run.</summary>
    public static Task WaitAsync(Func<bool> moment, System.Diagnostics.Process run) => WaitAsync(() => Task.FromResult(moment()), run);

    /// <summary>Waits for a moment in the life of a run.</summary>
    public static async Task WaitAsync(Func<Task<bool>> moment, System.Diagnostics.Process run)
    {
        using var limit = new CancellationTokenSource(Executable.Patience);
        while (!await moment())
        {
            if (run.HasExited) throw new InvalidOperationException($"The run ended too early: {await run.StandardError.ReadToEndAsync()}");
            await Task.Delay(5, limit.Token);
        }
    }

    /// <summary>The lines of metrics.jsonl that are whole.</summary>
    public IReadOnlyList<Dictionary<string, double>> Metrics()
    {
        var file = System.IO.Path.Combine(Path, "metrics.jsonl");
        if (!File.Exists(file)) return [];
        using var stream = new FileStream(file, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete);
        using var reader = new StreamReader(stream);
        var text = reader.ReadToEnd();
        return [.. text[..(text.LastIndexOf('\n') + 1)].Split('\n', StringSplitOptions.RemoveEmptyEntries)
            .Select(line => JsonSerializer.Deserialize<Dictionary<string, double>>(line)!)];
    }

    /// <summary>metrics.jsonl without the figures that measure time.</summary>
    public IReadOnlyList<string> TimelessMetrics() =>
        [.. Metrics().Select(row => string.Join(", ", row.Where(figure => !figure.Key.StartsWith("time/", StringComparison.Ordinal) && figure.Key != "tokens_per_s")
            .OrderBy(figure => figure.Key, StringComparer.Ordinal).Select(figure => $"{figure.Key}={figure.Value:R}")))];

    /// <summary>SHA-256 of each file of a checkpoint: weights and optimizer state among them.</summary>
    public IReadOnlyList<string> CheckpointHashes(int step) =>
        [.. Directory.GetFiles(System.IO.Path.Combine(Path, "checkpoints", $"step-{step:D6}")).Order(StringComparer.Ordinal)
            .Select(file => $"{System.IO.Path.GetFileName(file)} {Convert.ToHexString(SHA256.HashData(File.ReadAllBytes(file)))}")];
}
