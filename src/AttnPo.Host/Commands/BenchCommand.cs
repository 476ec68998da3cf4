using System.CommandLine;
using System.Globalization;
using System.Text.Json;
using AttnPo.Host.Benchmarks;
using AttnPo.Host.Settings;
using AttnPo.Host.Training;

namespace AttnPo.Host.Commands;

/// <summary>bench: figures on this machine.</summary>
internal static class BenchCommand
{
    /// <summary>The command.</summary>
    public static Command Create()
    {
        var command = new Command("bench", "Figures on this machine.");
        foreach (var engine in BenchEngineCommands.Create()) command.Add(engine);
        command.Add(Pipeline());
        return command;
    }

    private const string Compared =
        "A step of the pipeline is measured from commit to commit: checkpoint, journal, rollouts and metrics are in it. A step of the loop "
        + "has its checkpoint in it and writes nothing else. Medians of all steps but each round's first.";

    private static Command Pipeline()
    {
        var config = new Option<string>("--config") { Description = "Settings of the run.", HelpName = "NAME|FILE", DefaultValueFactory = _ => SettingsFiles.DefaultName };
        var set = new Option<string[]>("--set") { Description = "A setting above those of the file; may be given often.", HelpName = "KEY=VALUE" };
        var steps = new Option<int>("--steps") { Description = "Steps of a round; the first is not counted.", DefaultValueFactory = _ => 6 }.AtLeast(2);
        var rounds = new Option<int>("--rounds") { Description = "Rounds, pipeline and loop in turn.", DefaultValueFactory = _ => 3 }.AtLeast(1);
        var json = new Option<bool>("--json") { Description = "The last line is a JSON object." };
        var command = new Command("pipeline", $"Step time of the actor pipeline against a bare loop over the same engine and data. {Compared}")
        {
            config, set, steps, rounds, json,
        };
        command.SetAction(async (parsed, cancellation) =>
        {
            string[] assignments = [.. parsed.GetValue(set) ?? [], $"steps={parsed.GetValue(steps)}"];
            var settings = TrainingComposition.Decide(SettingsFiles.Resolve(parsed.GetRequiredValue(config), assignments));
            var benchmark = new PipelineBenchmark(settings, parsed.GetValue(rounds));
            var output = parsed.InvocationConfiguration.Output;
            var results = new List<PipelineFigures>();
            output.WriteLine(Compared);
            foreach (var waves in new[] { 1, settings.Integer("rollout.waves-per-step") }.Distinct())
            {
                results.Add(await benchmark.Measure(waves, cancellation));
                output.WriteLine(Line(results[^1]));
            }

            var credit = settings.Get<string>("method") == "attnpo" ? await benchmark.MeasureCredit(cancellation) : null;
            if (credit is not null) output.WriteLine(Line(credit));
            if (parsed.GetValue(json)) output.WriteLine(Json(results, credit, settings));
            return results.All(r => r.SameResult)
                ? ExitCode.Done
                : throw new WorkFailedException("pipeline and loop ended with different weights or optimizer states; please report this with the settings used");
        });
        return command;
    }

    private static string Line(PipelineFigures f) => string.Create(CultureInfo.InvariantCulture,
        $"{f.WavesPerStep} wave(s) a step: pipeline {f.PipelineSeconds:F3} s, loop {f.LoopSeconds:F3} s, overhead {f.Overhead:P1}, ")
        + string.Create(CultureInfo.InvariantCulture,
            $"commits {f.CommitShare:P1} of a step, same weights and optimizer state: {(f.SameResult ? "yes" : "NO")}");

    private static string Line(CreditFigures f) => string.Create(CultureInfo.InvariantCulture,
        $"step credit, on the same rollouts: {f.WithSeconds:F3} s a step with it, {f.WithoutSeconds:F3} s without, ratio {f.Ratio:F3} ({f.ProcessorRatio:F3} of processor time)");

    private static string Json(IReadOnlyList<PipelineFigures> results, CreditFigures? credit, ResolvedSettings settings) => JsonSerializer.Serialize(new
    {
        threads = settings.Integer("threads"),
        pipeline = results.Select(r => new
        {
            waves_per_step = r.WavesPerStep,
            pipeline_step_s = r.PipelineSeconds,
            loop_step_s = r.LoopSeconds,
            overhead = r.Overhead,
            commit_share = r.CommitShare,
            same_result = r.SameResult,
        }),
        credit = credit is null ? null : new { with_step_s = credit.WithSeconds, without_step_s = credit.WithoutSeconds, ratio = credit.Ratio, processor_ratio = credit.ProcessorRatio },
    });
}
