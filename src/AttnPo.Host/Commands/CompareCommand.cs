using System.CommandLine;
using System.Globalization;
using AttnPo.Host.Comparison;
using AttnPo.Host.Rows;

namespace AttnPo.Host.Commands;

/// <summary>compare: ways of giving credit from the same start, over paired seeds.</summary>
internal static class CompareCommand
{
    private const string TableFile = "comparison.md";
    private const string FigureFile = "comparison.png";
    private const string PointsFile = "comparison.jsonl";

    /// <summary>The command.</summary>
    public static Command Create()
    {
        var directory = new Option<string>("--out") { Description = $"Folder for the runs, {TableFile}, {FigureFile} and {PointsFile}.", HelpName = "DIR", Required = true };
        var config = new Option<string>("--config") { Description = "Configuration of every run.", HelpName = "NAME|FILE", DefaultValueFactory = _ => "tiny" };
        var settings = new Option<string[]>("--set") { Description = "A setting of every run.", HelpName = "KEY=VALUE", Arity = ArgumentArity.ZeroOrMore };
        var variants = new Option<string>("--variants")
        {
            Description = $"Comma-separated: {string.Join(", ", Variant.Known.Select(v => v.Name))}.",
            DefaultValueFactory = _ => string.Join(',', Variant.Known.Select(v => v.Name)),
        };
        var reference = new Option<string>("--reference") { Description = "The variant the others are held against.", DefaultValueFactory = _ => "tlmre" };
        var seeds = new Option<int>("--seeds") { Description = "Number of paired seeds, 1 to N.", DefaultValueFactory = _ => 5 }.AtLeast(1);
        var parallel = new Option<int>("--parallel") { Description = "Runs at a time.", DefaultValueFactory = _ => 1 }.AtLeast(1);
        var command = new Command("compare", "Trains ways of giving credit from the same start over paired seeds and writes their table and curves.")
        {
            directory, config, settings, variants, reference, seeds, parallel,
        };
        command.SetAction(async (parsed, cancellation) =>
        {
            var chosen = Chosen(parsed.GetRequiredValue(variants), parsed.GetRequiredValue(reference));
            var target = parsed.GetRequiredValue(directory);
            string[] arguments =
            [
                "--config", parsed.GetRequiredValue(config),
                .. (parsed.GetValue(settings) ?? []).SelectMany(setting => new[] { "--set", setting }),
            ];
            var output = parsed.InvocationConfiguration.Output;
            var curves = await new ComparisonRuns(Path.Combine(target, "runs"), arguments, parsed.GetValue(parallel))
                .Train(chosen, [.. Enumerable.Range(1, parsed.GetValue(seeds))], output.WriteLine, cancellation);

            var table = ComparisonReport.Markdown(curves, chosen, parsed.GetRequiredValue(reference));
            Write(Path.Combine(target, TableFile), table);
            WritePoints(Path.Combine(target, PointsFile), curves);
            ComparisonFigure.Write(Path.Combine(target, FigureFile), curves, chosen);
            output.WriteLine();
            output.Write(table);
            return ExitCode.Done;
        });
        return command;
    }

    private static IReadOnlyList<Variant> Chosen(string names, string reference)
    {
        try
        {
            var chosen = Variant.Parse(names);
            return chosen.Any(v => v.Name == reference)
                ? chosen
                : throw new ArgumentException($"the reference '{reference}' is not among the variants {names}");
        }
        catch (ArgumentException e)
        {
            throw new Settings.SettingsException(e.Message);
        }
    }

    private static void Write(string file, string text)
    {
        using var whole = new WholeFile(file);
        using (var writer = new StreamWriter(whole.Stream, leaveOpen: true) { NewLine = "\n" }) writer.Write(text);
        whole.Commit();
    }

    private static void WritePoints(string file, IReadOnlyList<RunCurve> curves) => Write(file, string.Concat(
        from curve in curves
        from p in curve.Points
        select string.Create(CultureInfo.InvariantCulture,
            $"{{\"variant\":\"{curve.Variant}\",\"seed\":{curve.Seed},\"step\":{p.Step},\"accuracy\":{p.Accuracy},"
            + $"\"tokens\":{p.Tokens},\"redundant_share\":{p.RedundantShare},\"essential_missing\":{p.EssentialMissing}}}\n")));
}
