using System.Diagnostics;

namespace AttnPo.Host.Benchmarks;

/// <summary>Other work that was measured in turn with the first.</summary>
/// <param name="Name">What it is, as a JSON key has it.</param>
/// <param name="Seconds">Its median round.</param>
/// <param name="Ratio">The first work's median round to this one's.</param>
/// <param name="ProcessorRatio">The same of the processor time of all threads, which other programs on the machine disturb less.</param>
internal sealed record BesideFigures(string Name, double Seconds, double Ratio, double ProcessorRatio);

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
        double[][] seconds = [.. works.Select(_ => new double[rounds])], processor = [.. works.Select(_ => new double[rounds])];
        long allocated = 0;
        for (var round = 0; round < rounds; round++)
        {
            for (var i = 0; i < works.Length; i++)
            {
                cancellation.ThrowIfCancellationRequested();
                var (before, busy, clock) = (GC.GetTotalAllocatedBytes(), Environment.CpuUsage.TotalTime, Stopwatch.StartNew());
                works[i].Work();
                seconds[i][round] = clock.Elapsed.TotalSeconds;
                processor[i][round] = (Environment.CpuUsage.TotalTime - busy).TotalSeconds;
                if (i == 0) allocated += GC.GetTotalAllocatedBytes() - before;
            }
        }

        double[] medians = [.. seconds.Select(Median)], busyMedians = [.. processor.Select(Median)];
        using var process = Process.GetCurrentProcess();
        return new(tokens / medians[0], medians[0], process.PeakWorkingSet64, allocated / ((double)tokens * rounds))
        {
            Beside = [.. Enumerable.Range(1, works.Length - 1).Select(i => new BesideFigures(
                works[i].Name, medians[i], medians[0] / medians[i], busyMedians[0] / busyMedians[i]))],
        };
    }

    private static double Median(double[] seconds)
    {
        Array.Sort(seconds);
        return seconds[seconds.Length / 2];
    }
}
