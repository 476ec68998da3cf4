using System.Security.Cryptography;
using AttnPo.Actors.Pipeline;
using AttnPo.Actors.Protocol;
using AttnPo.Actors.Run;
using AttnPo.Host.Settings;
using AttnPo.Host.Training;

namespace AttnPo.Host.Benchmarks;

/// <summary>Step times of pipeline and bare loop on the same work.</summary>
/// <param name="WavesPerStep">1: the stages cannot overlap, so the ratio is the pipeline's own cost. More: overlap counts too.</param>
/// <param name="PipelineSeconds">Median over the steps of all rounds.</param>
/// <param name="LoopSeconds">Likewise.</param>
/// <param name="CommitShare">Share of the pipeline's step that goes into checkpoint and journal.</param>
/// <param name="SameResult">Whether both ended with the same weights and the same optimizer state, bit for bit, in every round.</param>
internal sealed record PipelineFigures(int WavesPerStep, double PipelineSeconds, double LoopSeconds, double CommitShare, bool SameResult)
{
    /// <summary>The pipeline's step over the loop's, less 1.</summary>
    public double Overhead => (PipelineSeconds / LoopSeconds) - 1;
}

/// <summary>Step times of the pipeline with and without step credit, on the same rollouts.</summary>
/// <param name="WithSeconds">Median over the steps of all rounds.</param>
/// <param name="WithoutSeconds">Likewise.</param>
/// <param name="Ratio">Median of the ratios, each of a step with to the same step without: what step credit costs.</param>
/// <param name="ProcessorRatio">The same of processor time, on which other programs weigh less.</param>
internal sealed record CreditFigures(double WithSeconds, double WithoutSeconds, double Ratio, double ProcessorRatio);

/// <summary>A step's time by the clock, and that of all processors that worked for it.</summary>
internal readonly record struct StepTime(double Seconds, double ProcessorSeconds);

/// <summary>
/// Measures a run's actor pipeline against the bare loop: in one process, in turn, each round from the start model. A step of the
/// pipeline lasts from commit to commit, checkpoint, journal, rollouts and metrics included; one of the loop includes its checkpoint,
/// the only thing it writes. The first step of each is left out, since it warms caches up.
/// </summary>
internal sealed class PipelineBenchmark(ResolvedSettings settings, int rounds)
{
    /// <summary>Measures with one number of waves a step.</summary>
    public async Task<PipelineFigures> Measure(int waves, CancellationToken cancellation)
    {
        var (pipeline, loop, commit) = (new List<StepTime>(), new List<double>(), new List<double>());
        var same = true;
        for (var round = 0; round < rounds; round++)
        {
            var work = Path.Combine(Path.GetTempPath(), $"attnpo-bench-{Guid.NewGuid():N}");
            try
            {
                var piped = await RunPipeline(Path.Combine(work, "pipeline"), Setup(waves), pipeline, commit, cancellation);
                loop.AddRange(RunLoop(Path.Combine(work, "loop"), waves, cancellation).Skip(1));
                var steps = settings.Integer("steps");
                same &= Hash(Path.Combine(piped, "checkpoints", $"step-{steps:D6}")) == Hash(Path.Combine(work, "loop", $"step-{steps}"));
            }
            finally
            {
                Directory.Delete(work, recursive: true);
            }
        }

        return new PipelineFigures(waves, Median(pipeline.Select(step => step.Seconds)), Median(loop), commit.Average(), same);
    }

    /// <summary>
    /// Measures what step credit costs: the pipeline with it and without, in turn, each first in every other round. The learning rate is
    /// next to nothing, so that both make the same rollouts and train on them.
    /// </summary>
    public async Task<CreditFigures> MeasureCredit(CancellationToken cancellation)
    {
        var (with, without) = (new List<StepTime>(), new List<StepTime>());
        for (var round = 0; round < rounds; round++)
        {
            foreach (var hasCredit in new[] { round % 2 == 0, round % 2 == 1 })
            {
                var work = Path.Combine(Path.GetTempPath(), $"attnpo-bench-{Guid.NewGuid():N}");
                try
                {
                    await RunPipeline(work, setup => setup with
                    {
                        Evaluation = null,
                        HeadWatch = null,
                        Credit = setup.Credit with { StepCredit = hasCredit && setup.Credit.StepCredit },
                        Optimizer = setup.Optimizer with { LearningRate = new LearningRateSchedule { Peak = 1e-12 } },
                    }, hasCredit ? with : without, [], cancellation);
                }
                finally
                {
                    Directory.Delete(work, recursive: true);
                }
            }
        }

        return new CreditFigures(
            Median(with.Select(step => step.Seconds)), Median(without.Select(step => step.Seconds)),
            Median(with.Zip(without, (has, lacks) => has.Seconds / lacks.Seconds)),
            Median(with.Zip(without, (has, lacks) => has.ProcessorSeconds / lacks.ProcessorSeconds)));
    }

    private async Task<string> RunPipeline(
        string directory, Func<RunSetup, RunSetup> change, List<StepTime> times, List<double> commits, CancellationToken cancellation)
    {
        Directory.CreateDirectory(directory);
        using var store = TrainingComposition.Store(settings);
        var (began, worked) = (TimeProvider.System.GetTimestamp(), Environment.CpuUsage.TotalTime);
        var setup = change(TrainingComposition.Compose(settings, directory, store, news =>
        {
            // From commit to commit: whatever lies between two steps counts.
            if (news is not RunProtocol.StepFinished finished) return;
            var elapsed = TimeProvider.System.GetElapsedTime(began).TotalSeconds;
            var working = Environment.CpuUsage.TotalTime - worked;
            (began, worked) = (TimeProvider.System.GetTimestamp(), Environment.CpuUsage.TotalTime);
            if (finished.Step.Value == 1) return;
            times.Add(new StepTime(elapsed, working.TotalSeconds));
            commits.Add(finished.Metrics["time/commit_s"] / elapsed);
        }));
        await using var run = TrainingRun.Start(setup);
        await using var stop = cancellation.Register(() => _ = run.StopAsync());
        var outcome = await run.Completion;
        cancellation.ThrowIfCancellationRequested();
        return outcome.End == RunEnd.Finished ? directory : throw new WorkFailedException(outcome.Message);
    }

    private IReadOnlyList<double> RunLoop(string directory, int waves, CancellationToken cancellation)
    {
        Directory.CreateDirectory(directory);
        using var store = TrainingComposition.Store(settings);
        return BareLoop.Run(Setup(waves)(TrainingComposition.Compose(settings, directory, store, _ => { })), cancellation);
    }

    private static Func<RunSetup, RunSetup> Setup(int waves) =>
        setup => setup with { PromptSampler = setup.PromptSampler with { WavesPerStep = waves }, Evaluation = null, HeadWatch = null };

    private static string Hash(string checkpoint) => string.Concat(((string[])["model.safetensors", "optimizer.safetensors"]).Select(name =>
    {
        using var file = File.OpenRead(Path.Combine(checkpoint, name));
        return Convert.ToHexString(SHA256.HashData(file));
    }));

    private static double Median(IEnumerable<double> values)
    {
        double[] sorted = [.. values.Order()];
        return (sorted[(sorted.Length - 1) / 2] + sorted[sorted.Length / 2]) / 2;
    }
}
