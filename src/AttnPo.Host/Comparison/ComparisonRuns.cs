using System.Diagnostics;
using System.Globalization;
using AttnPo.Host.Training;

namespace AttnPo.Host.Comparison;

/// <summary>
/// Trains each variant with each seed, a process of this same executable a run, several at a time. A run that is there already is
/// continued or, when finished, taken as it is, so a comparison that was interrupted goes on where it was.
/// </summary>
/// <param name="directory">Holds the run directories.</param>
/// <param name="arguments">Of train, shared by all runs.</param>
/// <param name="parallel">Processes at a time.</param>
internal sealed class ComparisonRuns(string directory, IReadOnlyList<string> arguments, int parallel)
{
    /// <summary>Trains and reads the evaluations, in the order of variants and seeds.</summary>
    /// <exception cref="WorkFailedException">A run failed; the message is its own last line.</exception>
    public async Task<IReadOnlyList<RunCurve>> Train(
        IReadOnlyList<Variant> variants, IReadOnlyList<int> seeds, Action<string> report, CancellationToken cancellation)
    {
        // Seeds outside, variants inside: whatever is cut short leaves whole pairs behind.
        var runs = seeds.SelectMany(seed => variants.Select(variant => (Variant: variant, Seed: seed))).ToArray();
        var finished = 0;
        var options = new ParallelOptions { MaxDegreeOfParallelism = parallel, CancellationToken = cancellation };
        await Parallel.ForEachAsync(runs, options, async (run, token) =>
        {
            var clock = Stopwatch.StartNew();
            await TrainOne(run.Variant, run.Seed, token);
            var end = Read(run.Variant, run.Seed).End;
            report(string.Create(CultureInfo.InvariantCulture,
                $"{Interlocked.Increment(ref finished)}/{runs.Length} {run.Variant.Name}, seed {run.Seed}: accuracy {end.Accuracy:F3}, "
                + $"{end.Tokens:F1} tokens ({clock.Elapsed:mm\\:ss})"));
        });
        return [.. variants.SelectMany(variant => seeds.Select(seed => Read(variant, seed)))];
    }

    private string DirectoryOf(Variant variant, int seed) => Path.Combine(directory, $"{variant.Name}-seed{seed}");

    private RunCurve Read(Variant variant, int seed) =>
        RunCurve.Read(variant.Name, seed, DirectoryOf(variant, seed));

    private async Task TrainOne(Variant variant, int seed, CancellationToken cancellation)
    {
        var settings = variant.Settings.Prepend($"seed={seed}").SelectMany(setting => new[] { "--set", setting });
        using var process = TrainingProcess.Start(["--run", DirectoryOf(variant, seed), .. arguments, .. settings]);
        var (code, error) = await process.EndAsync(cancellation);
        if (code != ExitCode.Done) throw new WorkFailedException($"{variant.Name}, seed {seed}: {error}");
    }
}
