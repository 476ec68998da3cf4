using System.Globalization;
using System.Text.Json.Nodes;
using AttnPo.Core.Probing;
using AttnPo.Gpu.Model;

namespace AttnPo.Host.Probing;

/// <summary>How the step ranking accuracies of all heads are distributed.</summary>
/// <param name="BestHead">"layer:head".</param>
/// <param name="Sorted">All accuracies, ascending.</param>
internal sealed record HeadSummary(string BestHead, IReadOnlyList<double> Sorted)
{
    private static readonly double[] Thresholds = [0.6, 0.7, 0.8, 0.9];

    // What is printed of them: in the published work few heads are above it.
    private const double Shown = 0.8;

    /// <summary>Of a report.</summary>
    public static HeadSummary Of(ModelConfig config, HeadReport report) =>
        new(ProbedHeads.Id(config, report.Best).ToString(), [.. report.Heads.Select(head => head.Accuracy).Order()]);

    /// <summary>The member "summary" of sra.json.</summary>
    public JsonObject Json() => new()
    {
        ["best_head"] = BestHead,
        ["best"] = Rounded(Sorted[^1]),
        ["upper_quartile"] = Rounded(Quantiles.Of(Sorted, 0.75)),
        ["median"] = Rounded(Quantiles.Of(Sorted, 0.5)),
        ["lower_quartile"] = Rounded(Quantiles.Of(Sorted, 0.25)),
        ["worst"] = Rounded(Sorted[0]),
        ["above"] = new JsonObject(Thresholds.Select(threshold =>
            KeyValuePair.Create(threshold.ToString(CultureInfo.InvariantCulture), (JsonNode?)Rounded(Above(threshold))))),
    };

    /// <summary>For people.</summary>
    public string Line() => string.Create(CultureInfo.InvariantCulture,
        $"all {Sorted.Count} heads: best {Sorted[^1]:F4}, upper quartile {Quantiles.Of(Sorted, 0.75):F4}, median {Quantiles.Of(Sorted, 0.5):F4}, "
        + $"lower quartile {Quantiles.Of(Sorted, 0.25):F4}, worst {Sorted[0]:F4}; {100 * Above(Shown):F1} % of them above {Shown}");

    private double Above(double threshold) => (double)Sorted.Count(accuracy => accuracy > threshold) / Sorted.Count;

    private static double Rounded(double share) => Math.Round(share, 6);
}
