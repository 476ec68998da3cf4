using System.Text;

namespace AttnPo.Host.Comparison;

/// <summary>
/// The table of a comparison: each variant at the middle and at the end, and its difference from the reference variant
/// paired by seed (the same prompts in the same order, the same draws).
/// </summary>
internal static class ComparisonReport
{
    private static readonly (string Title, Func<EvaluationPoint, double> Value, double Scale, int Decimals)[] Columns =
    [
        ("accuracy, %", p => p.Accuracy, 100, 1),
        ("tokens", p => p.Tokens, 1, 1),
        ("redundant steps, %", p => p.RedundantShare, 100, 1),
        ("essential steps missing, %", p => p.EssentialMissing, 100, 2),
    ];

    /// <summary>Markdown: start, middle, end, paired differences at both.</summary>
    /// <param name="curves">All runs; every variant with the same seeds.</param>
    /// <param name="variants">In the order of the rows.</param>
    /// <param name="reference">The variant that the others are held against.</param>
    public static string Markdown(IReadOnlyList<RunCurve> curves, IReadOnlyList<Variant> variants, string reference)
    {
        var text = new StringBuilder();
        var seeds = curves.Select(c => c.Seed).Distinct().Order().ToArray();
        text.AppendLine($"{seeds.Length} paired seeds ({string.Join(", ", seeds)}); mean ± standard error over seeds.").AppendLine();

        text.AppendLine(Header("variant", "step"));
        var starts = Of(curves, variants[0].Name).Select(c => c.Points[0]).ToArray();
        text.AppendLine(Row("start", starts[0].Step.ToString(), Columns.Select(c => Estimate.Of([.. starts.Select(c.Value)]).Text(c.Scale, c.Decimals))));
        foreach (var (name, at) in Moments)
        {
            foreach (var variant in variants)
            {
                var points = Of(curves, variant.Name).Select(at).ToArray();
                text.AppendLine(Row($"{variant.Name}, {name}", points[0].Step.ToString(),
                    Columns.Select(c => Estimate.Of([.. points.Select(c.Value)]).Text(c.Scale, c.Decimals))));
            }
        }

        text.AppendLine().AppendLine($"Differences from `{reference}`, paired by seed:").AppendLine();
        text.AppendLine(Header("variant", "shorter in"));
        foreach (var (name, at) in Moments)
        {
            var other = Of(curves, reference).Select(at).ToArray();
            foreach (var variant in variants.Where(v => v.Name != reference))
            {
                var own = Of(curves, variant.Name).Select(at).ToArray();
                var pairs = own.Zip(other, (mine, theirs) => (Mine: mine, Theirs: theirs)).ToArray();
                var shorter = pairs.Count(pair => pair.Mine.Tokens < pair.Theirs.Tokens);
                text.AppendLine(Row($"{variant.Name}, {name}", $"{shorter} of {own.Length}",
                    Columns.Select(c => Estimate.Of([.. pairs.Select(pair => c.Value(pair.Mine) - c.Value(pair.Theirs))])
                        .Text(c.Scale, c.Decimals, signed: true))));
            }
        }

        text.AppendLine();
        foreach (var variant in variants) text.AppendLine($"- `{variant.Name}`: {variant.Meaning}.");
        return text.ToString();
    }

    private static readonly (string Name, Func<RunCurve, EvaluationPoint> At)[] Moments = [("middle", c => c.Middle), ("end", c => c.End)];

    private static IEnumerable<RunCurve> Of(IEnumerable<RunCurve> curves, string variant) =>
        curves.Where(c => c.Variant == variant).OrderBy(c => c.Seed);

    private static string Header(string first, string second)
    {
        var titles = Columns.Select(c => c.Title).Prepend(second).Prepend(first).ToArray();
        return $"| {string.Join(" | ", titles)} |\n|{string.Concat(titles.Select(_ => " --- |"))}";
    }

    private static string Row(string first, string second, IEnumerable<string> cells) =>
        $"| {first} | {second} | {string.Join(" | ", cells)} |";
}
