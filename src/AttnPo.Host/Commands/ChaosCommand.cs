using System.CommandLine;
using System.Globalization;
using AttnPo.Host.Chaos;
using AttnPo.Host.Settings;

namespace AttnPo.Host.Commands;

/// <summary>chaos: kills a run again and again, and compares its end with that of one left alone.</summary>
internal static class ChaosCommand
{
    /// <summary>The command.</summary>
    public static Command Create()
    {
        var directory = new Option<string>("--out")
        {
            Description = "Folder for both runs; must not hold them already. Without it a new one, runs/chaos-TIME.",
            HelpName = "DIR",
            DefaultValueFactory = _ => Path.Combine("runs", $"chaos-{DateTime.Now:yyyyMMdd-HHmmss}"),
        };
        var config = new Option<string>("--config") { Description = "Settings of the run.", HelpName = "NAME|FILE", DefaultValueFactory = _ => SettingsFiles.DefaultName };
        var set = new Option<string[]>("--set") { Description = "A setting above those of the file; may be given often.", HelpName = "KEY=VALUE" };
        var kills = new Option<int>("--kills") { Description = "Kills in all, spread over every phase.", HelpName = "N", DefaultValueFactory = _ => 20 }.AtLeast(1);
        var seed = new Option<int>("--seed") { Description = "Decides where the kills fall; not the run's seed.", HelpName = "S", DefaultValueFactory = _ => 1 };
        var steps = new Option<int?>("--steps") { Description = "Steps of the run; without it those of its settings.", HelpName = "N" };
        var command = new Command("chaos", "Kills a run again and again with SIGKILL, starts it again each time, and compares its end with that of one left alone.")
        {
            config, set, kills, seed, steps, directory,
        };
        command.SetAction(async (parsed, cancellation) =>
        {
            string[] assignments = [.. parsed.GetValue(set) ?? [], .. parsed.GetValue(steps) is { } count ? [$"steps={count}"] : Array.Empty<string>()];
            var settings = SettingsFiles.Resolve(parsed.GetRequiredValue(config), assignments);
            var runs = new ChaosRuns(
                parsed.GetRequiredValue(directory), settings,
                ["--config", parsed.GetRequiredValue(config), .. assignments.SelectMany(assignment => new[] { "--set", assignment })]);
            foreach (var run in new[] { runs.Undisturbed, runs.Disturbed })
                if (Directory.Exists(run)) throw new SettingsException($"--out: {run} is there already; name another folder, or remove this one");

            var output = parsed.InvocationConfiguration.Output;
            var figures = await runs.RunAsync(parsed.GetValue(kills), parsed.GetValue(seed), output.WriteLine, cancellation);
            Compared[] compared =
            [
                .. RunComparison.Of(runs.Undisturbed, runs.Disturbed, settings.Integer("steps")), RunComparison.OfLedgers(runs.Undisturbed, runs.Disturbed),
            ];
            foreach (var line in Table(figures, compared)) output.WriteLine(line);
            var differences = compared.Count(part => part.Difference is not null);
            output.WriteLine($"{parsed.GetValue(kills)} kills, {differences} differences");
            return differences == 0
                ? ExitCode.Done
                : throw new WorkFailedException($"the killed run differs from the one left alone; compare {runs.Undisturbed} with {runs.Disturbed}");
        });
        return command;
    }

    private static IEnumerable<string> Table(ChaosFigures figures, IReadOnlyList<Compared> compared)
    {
        yield return "";
        foreach (var (phase, count) in figures.Kills) yield return $"{phase,-26} {count,4} killed";
        if (figures.Kills.Values.Count(count => count == 0) is > 0 and var missed)
            yield return $"{missed} phases were not hit; {figures.Kills.Count} --kills and more, over enough --steps, reach each";
        yield return "";
        foreach (var part in compared) yield return $"{part.What,-26} {(part.Difference is null ? $"{part.Count,4} equal" : $"DIFFER: {part.Difference}")}";
        yield return "";
        yield return string.Create(
            CultureInfo.InvariantCulture,
            $"left alone {figures.Undisturbed.TotalSeconds:0.0} s in one start, killed {figures.Disturbed.TotalSeconds:0.0} s in {figures.Starts} starts");
        if (figures.ToFirstToken.Count > 0)
        {
            var median = figures.ToFirstToken.Order().ElementAt(figures.ToFirstToken.Count / 2);
            yield return string.Create(
                CultureInfo.InvariantCulture,
                $"from a start to its first decoding: median {median.TotalSeconds:0.0} s of {figures.ToFirstToken.Count}, recovery and lost evaluations included");
        }
    }
}
