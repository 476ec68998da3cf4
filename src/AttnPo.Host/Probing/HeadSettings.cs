using System.Globalization;
using AttnPo.Core.Probing;
using AttnPo.Gpu.Model;

namespace AttnPo.Host.Probing;

/// <summary>The chosen heads as settings take them (HOCON).</summary>
internal static class HeadSettings
{
    /// <summary>A comment that says how good the set is, and the key credit.heads.</summary>
    public static string Text(ModelConfig config, HeadReport report)
    {
        var chosen = report.ChosenAccuracy;
        var heads = string.Join(", ", report.Chosen.Select(place => $"\"{ProbedHeads.Id(config, place)}\""));
        return string.Create(CultureInfo.InvariantCulture,
            $"""
            # Key-Focus Heads, as layer:head. Their mean score ranks {chosen.Accuracy:P1} of {chosen.Pairs} pairs of an essential and a redundant step
            # rightly (95 % interval {chosen.Low:P1} to {chosen.High:P1}), on {report.Measuring} responses that did not choose them.
            credit.heads = [{heads}]

            """);
    }
}
