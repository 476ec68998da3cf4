using System.Diagnostics;

namespace AttnPo.Host.Benchmarks;

/// <summary>Other work that was measured in turn with the first.</summary>
/// <param name="Name">What it is, as a JSON key has it.</param>
/// <param name="Seconds">Its median round.</param>
/// <param name="Ratio">The first work's median round to this one's.</param>
internal sealed record BesideFigures(string Name, double Seconds, double Ratio);

/// <summary>What rounds of the same work took.</summary>
/// <param name="TokensPerSecond">Of the median round.</param>
/// <param name="Seconds">The median round.</param>
/// <param name="PeakBytes">Largest resident memory of the process.</param>
/// <param name="AllocatedPerToken">Bytes that .NET allocated for each token, of all rounds together.</param>
internal sealed record EngineFigures(double TokensPerSecond, double Seconds, long PeakBytes, double AllocatedPerToken)
{
    /// <summary>What the work was held against.</summary>
    public IReadOnlyList<BesideFigures> Beside { get; init; } = [];

    /// <summary>Runs the work once to warm up, then so many times; the works beside it likewise, one of each in every round.</summary>
    public static EngineFigures Measure(
        int rounds, long tokens, Action work, CancellationToken cancellation, params ReadOnlySpan<(string Name, Action Work)> beside)
    {
        (string Name, Action Work)[] works = [("", work), .. beside];
        foreach (var each in works) each.Work();
        double[][] seconds = [.. works.Select(_ => new double[rounds])];
        long allocated = 0;
        for (var round = 0; round < rounds; round++)
        {
            for (var i = 0; i < works.Length; i++)
            {
                cancellation.ThrowIfCancellationRequested();
                var (before, clock) = (GC.GetTotalAllocatedBytes(), Stopwatch.StartNew());
                works[i].Work();
                seconds[i][round] = clock.Elapsed.TotalSeconds;
                if (i == 0) allocated += GC.GetTotalAllocatedBytes() - before;
            }
        }

        double[] medians = [.. seconds.Select(Median)];
        using var process = Process.GetCurrentProcess();
        return new(tokens / medians[0], medians[0], process.PeakWorkingSet64, allocated / ((double)tokens * rounds))
        {
            Beside = [.. works.Zip(medians, (each, median) => new BesideFigures(each.Name, median, medians[0] / median)).Skip(1)],
        };
    }

    private static double Median(double[] seconds)
    {
        Array.Sort(seconds);
        return seconds[seconds.Length / 2];
    }
}
