using System.CommandLine;
using System.Diagnostics;
using System.Globalization;
using AttnPo.Host.Models;
using AttnPo.Host.Probing;
using AttnPo.Host.Warmup;

namespace AttnPo.Host.Commands;

/// <summary>warmup: makes the tiny reasoner again from nothing.</summary>
internal static class WarmupCommand
{
    /// <summary>Updates between two lines of progress.</summary>
    private const int ReportEvery = 100;

    /// <summary>The command.</summary>
    public static Command Create()
    {
        var directory = new Option<string>("--out") { Description = "Folder to write; must not exist or be empty.", HelpName = "DIR", Required = true };
        var seed = new Option<int>("--seed") { Description = "Seed of weights and traces.", DefaultValueFactory = _ => 1 }.AtLeast(0);
        var threads = new Option<int>("--threads")
        {
            Description = "Threads of the engine; 0 is one for each core. The result depends on it; the shipped model was made with 1.",
            DefaultValueFactory = _ => 1,
        }.AtLeast(0);
        var command = new Command("warmup", "Makes the tiny reasoner from nothing: tokenizer, weights trained on an overthinking teacher's traces, and its Key-Focus Heads.")
        {
            directory, seed, threads,
        };
        command.SetAction((parsed, cancellation) =>
        {
            Run(parsed.GetRequiredValue(directory), (ulong)parsed.GetValue(seed), parsed.GetValue(threads), parsed.InvocationConfiguration.Output, cancellation);
            return Task.FromResult(ExitCode.Done);
        });
        return command;
    }

    private static void Run(string directory, ulong seed, int threads, TextWriter output, CancellationToken cancellation)
    {
        using var folder = new WholeFolder(directory);
        EngineDevice.Prepare("cpu", threads);
        var clock = Stopwatch.StartNew();
        var (model, found) = new TinyReasoner(new WarmupRecipe(), seed).Make(folder.Aside, progress => Report(progress, clock, output), cancellation);
        output.WriteLine(string.Create(CultureInfo.InvariantCulture,
            $"Key-Focus Heads {string.Join(", ", found.Chosen.Select(place => ProbedHeads.Id(model, place)))}: "
            + $"step ranking accuracy {found.ChosenAccuracy.Accuracy:F3} together, "
            + $"{found.Heads[found.Best].Accuracy:F3} the best alone ({ProbedHeads.Id(model, found.Best)})"));
        folder.Commit();
        output.WriteLine($"wrote {directory}");
    }

    private static void Report(WarmupProgress progress, Stopwatch clock, TextWriter output)
    {
        if (progress.Update % ReportEvery != 0 && progress.Update != progress.Updates) return;
        var left = clock.Elapsed * ((double)(progress.Updates - progress.Update) / progress.Update);
        output.WriteLine(string.Create(CultureInfo.InvariantCulture,
            $"{progress.Stage}: update {progress.Update}/{progress.Updates}, loss {progress.Loss:F3}, {clock.Elapsed:mm\\:ss}, about {left:mm\\:ss} left"));
    }
}
