using System.Globalization;
using System.Security.Cryptography;
using AttnPo.Host.Metrics;

namespace AttnPo.Host.Chaos;

/// <summary>What of two runs must be equal, compared: a name and whether it is, with the first difference.</summary>
/// <param name="What">What was compared.</param>
/// <param name="Count">How many things of it.</param>
/// <param name="Difference">The first difference; null: there is none.</param>
internal sealed record Compared(string What, int Count, string? Difference);

/// <summary>Compares the ends of two runs, bit for bit; times alone may differ.</summary>
internal static class RunComparison
{
    /// <summary>Compares what two run directories hold.</summary>
    /// <param name="left">The one that was left alone.</param>
    /// <param name="right">The other.</param>
    /// <param name="steps">Steps that both have made.</param>
    public static IReadOnlyList<Compared> Of(string left, string right, int steps)
    {
        var checkpoint = Path.Combine("checkpoints", string.Create(CultureInfo.InvariantCulture, $"step-{steps:D6}"));
        return
        [
            Compare("weights", HashIn(left, checkpoint, "model.safetensors"), HashIn(right, checkpoint, "model.safetensors")),
            Compare("optimizer state", HashIn(left, checkpoint, "optimizer.safetensors"), HashIn(right, checkpoint, "optimizer.safetensors")),
            Compare("metrics", MetricsOf(left), MetricsOf(right)),
            Compare("rollouts and judgements", RolloutsOf(left), RolloutsOf(right)),
        ];
    }

    /// <summary>Compares what the ledgers of two run directories say.</summary>
    public static Compared OfLedgers(string left, string right) => Compare("ledger outcomes", LedgerOutcomes.Of(left), LedgerOutcomes.Of(right));

    /// <summary>Whether a figure measures time, which differs between equal runs.</summary>
    public static bool IsTime(string figure) => figure.StartsWith("time/", StringComparison.Ordinal) || figure == "tokens_per_s";

    private static Compared Compare(string what, IReadOnlyList<string> left, IReadOnlyList<string> right)
    {
        // Runs of which nothing can be compared are not equal.
        if (left.Count == 0 && right.Count == 0) return new Compared(what, 0, "neither run has any");
        var at = left.Zip(right).TakeWhile(pair => pair.Item1 == pair.Item2).Count();
        return new Compared(what, Math.Max(left.Count, right.Count), at == left.Count && at == right.Count
            ? null
            : $"{(at < left.Count ? left[at] : "nothing")} became {(at < right.Count ? right[at] : "nothing")}");
    }

    private static IReadOnlyList<string> HashIn(string run, string checkpoint, string name)
    {
        var path = Path.Combine(run, checkpoint, name);
        return File.Exists(path) ? [HashOf(path)] : [];
    }

    private static string HashOf(string path)
    {
        using var file = File.OpenRead(path);
        return Convert.ToHexStringLower(SHA256.HashData(file));
    }

    private static IReadOnlyList<string> MetricsOf(string run) =>
    [
        .. from row in MetricsFile.Read(run)
           from figure in row.OrderBy(figure => figure.Key, StringComparer.Ordinal)
           where !IsTime(figure.Key)
           select string.Create(CultureInfo.InvariantCulture, $"step {row["step"]:0}: {figure.Key} {figure.Value:R}"),
    ];

    private static IReadOnlyList<string> RolloutsOf(string run)
    {
        var folder = Path.Combine(run, "rollouts");
        return Directory.Exists(folder)
            ? [.. Directory.EnumerateFiles(folder, "*", SearchOption.AllDirectories).Order(StringComparer.Ordinal)
                .Select(file => $"{Path.GetRelativePath(folder, file)} of SHA-256 {HashOf(file)}")]
            : [];
    }
}
