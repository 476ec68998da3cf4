using System.Diagnostics;

namespace AttnPo.Host.Benchmarks;

/// <summary>What rounds of the same work took.</summary>
/// <param name="TokensPerSecond">Of the median round.</param>
/// <param name="Seconds">The median round.</param>
/// <param name="PeakBytes">Largest resident memory of the process.</param>
/// <param name="AllocatedPerToken">Bytes that .NET allocated for each token, of all rounds together.</param>
internal sealed record EngineFigures(double TokensPerSecond, double Seconds, long PeakBytes, double AllocatedPerToken)
{
    /// <summary>Runs the work once to warm up, then so many times.</summary>
    public static EngineFigures Measure(int rounds, long tokens, Action work, CancellationToken cancellation)
    {
        work();
        var seconds = new double[rounds];
        var allocated = GC.GetTotalAllocatedBytes();
        for (var round = 0; round < rounds; round++)
        {
            cancellation.ThrowIfCancellationRequested();
            var clock = Stopwatch.StartNew();
            work();
            seconds[round] = clock.Elapsed.TotalSeconds;
        }

        allocated = GC.GetTotalAllocatedBytes() - allocated;
        Array.Sort(seconds);
        var median = seconds[rounds / 2];
        using var process = Process.GetCurrentProcess();
        return new(tokens / median, median, process.PeakWorkingSet64, allocated / ((double)tokens * rounds));
    }
}
