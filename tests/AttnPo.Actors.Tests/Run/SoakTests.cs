using System.Diagnostics;
using AttnPo.Actors.Pipeline;
using AttnPo.Actors.Protocol;
using AttnPo.Actors.Run;
using AttnPo.Actors.Tests.Fakes;
using Xunit;
using Xunit.Abstractions;
using static AttnPo.Actors.Protocol.RunProtocol;

namespace AttnPo.Actors.Tests.Run;

/// <summary>Alone in the process: what others hold would be measured too.</summary>
[CollectionDefinition(nameof(SoakTests), DisableParallelization = true)]
public sealed class Soak;

/// <summary>A long run of tiny steps holds no more at its end than near its beginning.</summary>
[Collection(nameof(SoakTests))]
[Trait("Contract", "C6")]
public sealed class SoakTests(ITestOutputHelper output)
{
    private const int Steps = 2000;
    private const int MeasureEvery = 100;
    private const int SaveEvery = 50;
    private const int KeepSteps = 100;

    /// <summary>A step has one wave, which is sampled, generated, judged; it drops at most its two groups, and is committed.</summary>
    private const int EventsPerStep = 6;

    [Fact]
    public async Task Memory_threads_handles_journal_and_files_of_a_run_do_not_grow_with_its_length()
    {
        using var run = new FakeRun();
        var measured = new List<Measurement>();
        var setup = run.Setup(Steps);
        var clock = Stopwatch.StartNew();
        var outcome = await RunAsync(setup with
        {
            Run = setup.Run with
            {
                Retention = new RetentionSettings { CheckpointEvery = SaveEvery, SnapshotEvery = SaveEvery, KeepSteps = KeepSteps, KeepCheckpoints = 2 },
            },
            PromptSampler = new PromptSamplerSettings { PromptsPerStep = 2, WavesPerStep = 1 },
            Evaluation = null,
            Observe = news =>
            {
                if (news is StepFinished finished && finished.Step.Value % MeasureEvery == 0) measured.Add(Measurement.Of(run, finished.Step));
            },
        });
        Assert.Equal(RunEnd.Finished, outcome.End);
        output.WriteLine($"{Steps} steps in {clock.Elapsed.TotalSeconds:F1} s");
        foreach (var measurement in measured) output.WriteLine($"{measurement}");

        Assert.Equal(Steps / MeasureEvery, measured.Count);
        Assert.All(measured, now =>
        {
            // Two spans between saved states, since the journal is pruned behind the run.
            Assert.InRange(now.JournalRows, 1, 2 * SaveEvery * EventsPerStep);
            Assert.InRange(now.RolloutSteps, 1, KeepSteps + SaveEvery);
            Assert.InRange(now.ArchiveParts, 1, KeepSteps / SaveEvery + 2);
            Assert.InRange(now.Checkpoints, 1, 3);
        });
        var (early, late) = (Median(measured[4..8]), Median(measured[^4..]));
        Assert.InRange(late.Managed, 0, early.Managed + 1_000_000);
        Assert.InRange(late.Threads, 1, early.Threads + 5);
        Assert.InRange(late.Handles, 1, early.Handles + 10);
        Assert.InRange(late.JournalBytes, 1, early.JournalBytes * 3 / 2);
    }

    private static async Task<RunOutcome> RunAsync(RunSetup setup)
    {
        await using var run = TrainingRun.Start(setup);
        return await run.Completion.WaitAsync(TimeSpan.FromMinutes(10));
    }

    /// <summary>Of each figure by itself.</summary>
    private static Measurement Median(IReadOnlyList<Measurement> measured)
    {
        return measured[0] with
        {
            Managed = Of(now => now.Managed), JournalBytes = Of(now => now.JournalBytes), Threads = (int)Of(now => now.Threads),
            Handles = (int)Of(now => now.Handles),
        };

        long Of(Func<Measurement, long> figure) => measured.Select(figure).Order().ElementAt(measured.Count / 2);
    }

    private sealed record Measurement(
        StepNumber Step, long Managed, int Threads, int Handles, long JournalBytes, int JournalRows, int RolloutSteps, int ArchiveParts, int Checkpoints)
    {
        public static Measurement Of(FakeRun run, StepNumber step)
        {
            using var process = Process.GetCurrentProcess();
            return new Measurement(
                step, GC.GetTotalMemory(forceFullCollection: true), process.Threads.Count, process.HandleCount,
                Directory.GetFiles(run.Directory, "journal.db*").Sum(LengthOf), SqliteJournal.RowsOf(run.Directory, "journal"),
                Directory.GetDirectories(Path.Combine(run.Directory, "rollouts")).Length, Count("ledger", Directory.GetFiles),
                Count("checkpoints", Directory.GetDirectories));

            // SQLite makes and removes files beside the journal while they are counted.
            static long LengthOf(string file)
            {
                try
                {
                    return new FileInfo(file).Length;
                }
                catch (FileNotFoundException)
                {
                    return 0;
                }
            }

            int Count(string folder, Func<string, string[]> entries) =>
                Path.Combine(run.Directory, folder) is var path && Directory.Exists(path) ? entries(path).Length : 0;
        }
    }
}
