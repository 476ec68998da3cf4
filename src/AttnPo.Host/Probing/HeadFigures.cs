using System.Globalization;
using AttnPo.Core.Probing;
using AttnPo.Gpu.Model;
using ScottPlot;
using ScottPlot.TickGenerators;

namespace AttnPo.Host.Probing;

/// <summary>The pictures of a probe (PNG).</summary>
internal static class HeadFigures
{
    // Dark enough to carry text, and apart for readers who do not tell red from green (Okabe and Ito).
    private static readonly Color GreedyColor = Color.FromHex("#0072B2");
    private static readonly Color TopKColor = Color.FromHex("#D55E00");

    private const int TitleWidth = 480;

    /// <summary>
    /// Step ranking accuracy of every head: heads to the right, layers upwards from layer 0 at the bottom, as the signal goes through them.
    /// Chance is the pale middle of the colours, which reach equally far on both sides; a ring marks the chosen heads.
    /// </summary>
    public static byte[] HeatMap(ModelConfig config, HeadReport report)
    {
        var cell = Math.Clamp(880 / Math.Max(config.Layers, config.Heads), 18, 72);
        var plot = new Plot();
        var accuracies = new double[config.Layers, config.Heads];
        for (var place = 0; place < report.Heads.Count; place++)
        {
            var (layer, head) = ProbedHeads.Id(config, place);
            accuracies[layer, head] = report.Heads[place].Accuracy;
        }

        var reach = Reach(report.Heads.Select(head => head.Accuracy));
        var map = plot.Add.Heatmap(accuracies);
        // The first row is drawn on top otherwise.
        map.FlipVertically = true;
        // Perceptually uniform on both sides of its middle.
        map.Colormap = new ScottPlot.Colormaps.Balance();
        map.ManualRange = new ScottPlot.Range(0.5 - reach, 0.5 + reach);
        var bar = plot.Add.ColorBar(map);
        bar.Label = "step ranking accuracy";

        if (cell >= 44) AddNumbers(plot, config, report, reach);
        foreach (var place in report.Chosen)
        {
            var (layer, head) = ProbedHeads.Id(config, place);
            // Light around dark: seen on any colour.
            Ring(plot, head, layer, 0.86 * cell, Colors.White, MathF.Max(4, cell / 12f));
            Ring(plot, head, layer, 0.86 * cell, Colors.Black, MathF.Max(2, cell / 24f));
        }

        plot.Title("Step ranking accuracy of every head");
        plot.XLabel("head (ringed: chosen)");
        plot.YLabel("layer");
        plot.Axes.Bottom.TickGenerator = Integers(config.Heads, cell);
        plot.Axes.Left.TickGenerator = Integers(config.Layers, cell);
        plot.Axes.SetLimits(-0.5, config.Heads - 0.5, -0.5, config.Layers - 0.5);
        plot.HideGrid();
        // Room for titles, labels and the bar; a narrow map stands in the middle of what the title needs.
        int left = 70, right = 120, above = 50, below = 60;
        var spare = Math.Max(0, TitleWidth - (config.Heads * cell) - left - right) / 2;
        plot.Layout.Fixed(new PixelPadding(left + spare, right + spare, below, above));
        return plot.GetImageBytes((config.Heads * cell) + left + right + (2 * spare), (config.Layers * cell) + above + below, ImageFormat.Png);
    }

    /// <summary>
    /// Step ranking accuracy of the averaged score of sets by their size, greedy and top-k, on the responses that did not choose them, with 95 % intervals;
    /// a ring marks the chosen set.
    /// </summary>
    public static byte[] Curves(HeadReport report)
    {
        var plot = new Plot();
        var topK = Curve(plot, report.Curves, point => point.TopK, TopKColor, MarkerShape.FilledSquare, 0.06);
        var greedy = Curve(plot, report.Curves, point => point.Greedy, GreedyColor, MarkerShape.FilledCircle, -0.06);
        greedy.LegendText = "greedy: the head that helps the set most";
        topK.LegendText = "top-k: the heads that are best alone";
        var chosen = plot.Add.Marker(report.Chosen.Count - 0.06, report.ChosenAccuracy.Accuracy, MarkerShape.OpenCircle, 20, Colors.Black);
        chosen.MarkerLineWidth = 2;
        chosen.LegendText = "the chosen set";

        plot.Title("Heads averaged together, on responses that did not choose them");
        plot.XLabel("heads in the set (whiskers: 95 % intervals)");
        plot.YLabel("step ranking accuracy");
        plot.Axes.Bottom.TickGenerator = new NumericManual(
            [.. report.Curves.Select(point => (double)point.Count)],
            [.. report.Curves.Select(point => point.Count.ToString(CultureInfo.InvariantCulture))]);
        plot.Axes.SetLimitsX(0.5, report.Curves.Count + 0.5);
        // No accuracy is above 1, though the margin may be.
        plot.Axes.Left.TickGenerator = new NumericAutomatic
        {
            LabelFormatter = value => value > 1 + 1e-9 ? "" : value.ToString("0.###", CultureInfo.InvariantCulture),
        };
        plot.Axes.Left.MinimumSize = 80;
        plot.ShowLegend(Edge.Bottom);
        return plot.GetImageBytes(900, 560, ImageFormat.Png);
    }

    private static ScottPlot.Plottables.Scatter Curve(
        Plot plot, IReadOnlyList<CurvePoint> curves, Func<CurvePoint, SetAccuracy> set, Color color, MarkerShape marker, double aside)
    {
        // A little aside, so that the whiskers of one size stand next to each other.
        double[] sizes = [.. curves.Select(point => point.Count + aside)];
        RankingAccuracy[] measured = [.. curves.Select(point => set(point).Measured)];
        double[] accuracies = [.. measured.Select(m => m.Accuracy)];
        plot.Add.Plottable(new ScottPlot.Plottables.ErrorBar(
            sizes, accuracies, null, null, [.. measured.Select(m => m.Accuracy - m.Low)], [.. measured.Select(m => m.High - m.Accuracy)])
        {
            Color = color.WithAlpha(0.6),
        });
        var line = plot.Add.Scatter(sizes, accuracies, color);
        line.LineWidth = 2;
        line.MarkerShape = marker;
        line.MarkerSize = 9;
        return line;
    }

    /// <summary>How far the colours reach from chance: to the farthest head, on the next twentieth.</summary>
    private static double Reach(IEnumerable<double> accuracies) =>
        Math.Clamp(Math.Ceiling(accuracies.Max(accuracy => Math.Abs(accuracy - 0.5)) * 20) / 20, 0.05, 0.5);

    private static void AddNumbers(Plot plot, ModelConfig config, HeadReport report, double reach)
    {
        for (var place = 0; place < report.Heads.Count; place++)
        {
            var (layer, head) = ProbedHeads.Id(config, place);
            var accuracy = report.Heads[place].Accuracy;
            var text = plot.Add.Text(accuracy.ToString("F2", CultureInfo.InvariantCulture), head, layer);
            text.LabelAlignment = Alignment.MiddleCenter;
            text.LabelFontSize = 14;
            text.LabelFontColor = Math.Abs(accuracy - 0.5) > 0.55 * reach ? Colors.White : Colors.Black;
        }
    }

    private static void Ring(Plot plot, int head, int layer, double size, Color color, float width)
    {
        var ring = plot.Add.Marker(head, layer, MarkerShape.OpenCircle, (float)size, color);
        ring.MarkerLineWidth = width;
    }

    /// <summary>Ticks at whole numbers, as many as have room for two digits.</summary>
    private static NumericManual Integers(int count, int cell)
    {
        var every = cell >= 26 ? 1 : 2;
        int[] places = [.. Enumerable.Range(0, count).Where(place => place % every == 0)];
        return new NumericManual([.. places.Select(place => (double)place)], [.. places.Select(place => place.ToString(CultureInfo.InvariantCulture))]);
    }
}
