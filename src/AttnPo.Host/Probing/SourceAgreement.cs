using System.Globalization;
using System.Text.Json.Nodes;
using AttnPo.Core.Data;
using AttnPo.Core.Probing;

namespace AttnPo.Host.Probing;

/// <summary>How far two sources of labels go together: on steps, and in the heads that they would choose.</summary>
/// <param name="First">Name of the one.</param>
/// <param name="Second">Name of the other.</param>
/// <param name="Steps">On the steps that both label.</param>
/// <param name="Spearman">
/// Rank correlation of the accuracies of all heads by the labels of the one and of the other; NaN where either has no pair of steps.
/// </param>
internal sealed record SourceAgreement(string First, string Second, LabelAgreement Steps, double Spearman)
{
    /// <summary>Every two sources, in their order; then, source by source, every two of those that voted for its labels.</summary>
    public static IReadOnlyList<SourceAgreement> Of(IReadOnlyList<ScoredResponse> scored, IReadOnlyList<LabelSet> sets) =>
        [.. Pairs(scored, sets), .. sets.SelectMany(set => Pairs(scored, set.Parts))];

    private static IReadOnlyList<SourceAgreement> Pairs(IReadOnlyList<ScoredResponse> scored, IReadOnlyList<LabelSet> sets)
    {
        if (sets.Count < 2) return [];
        var accuracies = sets.Select(set => Accuracies(scored, set)).ToList();
        List<StepLabel?>[] flat = [.. sets.Select(set => set.Labels.SelectMany(labels => labels).ToList())];
        return
        [
            .. from a in Enumerable.Range(0, sets.Count)
               from b in Enumerable.Range(a + 1, sets.Count - a - 1)
               select new SourceAgreement(
                   sets[a].Source, sets[b].Source, LabelAgreement.Of(flat[a], flat[b]),
                   accuracies[a].Count == 0 || accuracies[b].Count == 0 ? double.NaN : Correlation.Spearman(accuracies[a], accuracies[b])),
        ];
    }

    /// <summary>As objects of sra.json; what is not defined is null.</summary>
    public static JsonArray Json(IReadOnlyList<SourceAgreement> agreements) => new([.. agreements.Select(pair => new JsonObject
    {
        ["first"] = pair.First,
        ["second"] = pair.Second,
        ["steps"] = pair.Steps.Steps,
        ["both_essential"] = pair.Steps.BothEssential,
        ["only_first"] = pair.Steps.OnlyFirst,
        ["only_second"] = pair.Steps.OnlySecond,
        ["both_redundant"] = pair.Steps.BothRedundant,
        ["agreement"] = Finite(pair.Steps.Agreement),
        ["kappa"] = Finite(pair.Steps.Kappa),
        ["heads_spearman"] = Finite(pair.Spearman),
    })]);

    /// <summary>The table, line by line; none where there is nothing to compare.</summary>
    public static IEnumerable<string> Lines(IReadOnlyList<SourceAgreement> agreements) => agreements.Count == 0 ? [] : InterventionOutput.Aligned(
    [
        ["labels", "steps of both", "agree", "kappa", "heads, Spearman"],
        .. agreements.Select(pair => (string[])
        [
            $"{pair.First}, {pair.Second}", pair.Steps.Steps.ToString(CultureInfo.InvariantCulture), Text(100 * pair.Steps.Agreement, "F1", " %"),
            Text(pair.Steps.Kappa, "F3"), Text(pair.Spearman, "F3"),
        ]),
    ]);

    private static IReadOnlyList<double> Accuracies(IReadOnlyList<ScoredResponse> scored, LabelSet set)
    {
        var probed = scored.Zip(set.Labels, (response, labels) => response.Probed(labels)).ToList();
        return probed.Any(response => response.Essential.Contains(true) && response.Essential.Contains(false))
            ? HeadSelection.Accuracies(probed) : [];
    }

    private static double? Finite(double value) => double.IsFinite(value) ? Math.Round(value, 6) : null;

    private static string Text(double value, string format, string unit = "") =>
        double.IsFinite(value) ? value.ToString(format, CultureInfo.InvariantCulture) + unit : "-";
}
