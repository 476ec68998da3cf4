using ScottPlot;

namespace AttnPo.Host.Comparison;

/// <summary>The curves of a comparison: mean tokens and accuracy over updates, a line a variant, whiskers of one standard error.</summary>
internal static class ComparisonFigure
{
    /// <summary>Writes the picture (PNG, two panels side by side).</summary>
    public static void Write(string file, IReadOnlyList<RunCurve> curves, IReadOnlyList<Variant> variants)
    {
        var figure = new Multiplot();
        figure.AddPlots(2);
        figure.Layout = new ScottPlot.MultiplotLayouts.Columns();
        Panel(figure.GetPlot(0), "Held-out response length", "tokens", Alignment.UpperRight, curves, variants, p => p.Tokens);
        Panel(figure.GetPlot(1), "Held-out accuracy", "share correct", Alignment.LowerRight, curves, variants, p => p.Accuracy);
        figure.SavePng(file, 1400, 560);
    }

    private static void Panel(
        Plot plot, string title, string unit, Alignment legend, IReadOnlyList<RunCurve> curves, IReadOnlyList<Variant> variants, Func<EvaluationPoint, double> value)
    {
        foreach (var variant in variants)
        {
            var bySteps = curves.Where(c => c.Variant == variant.Name).SelectMany(c => c.Points).GroupBy(p => p.Step).OrderBy(g => g.Key).ToArray();
            var estimates = bySteps.Select(g => Estimate.Of([.. g.Select(value)])).ToArray();
            var steps = bySteps.Select(g => (double)g.Key).ToArray();
            var means = estimates.Select(e => e.Mean).ToArray();
            var line = plot.Add.Scatter(steps, means);
            line.LegendText = variant.Name;
            line.LineWidth = 2;
            if (estimates.All(e => !double.IsNaN(e.StandardError)))
                plot.Add.ErrorBar(steps, means, [.. estimates.Select(e => e.StandardError)]).Color = line.Color;
        }

        plot.Title(title);
        plot.XLabel("optimizer step");
        plot.YLabel(unit);
        plot.ShowLegend(legend);
    }
}
