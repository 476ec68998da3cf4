using System.Globalization;
using System.Text.Json.Nodes;
using AttnPo.Core.Probing;
using AttnPo.Gpu.Model;

namespace AttnPo.Host.Probing;

/// <summary>What a probe found, printed for programs and for people.</summary>
/// <param name="config">Of the model.</param>
/// <param name="findings">What was found.</param>
/// <param name="directory">Where it was written.</param>
internal sealed class ProbeOutput(ModelConfig config, ProbeFindings findings, string directory)
{
    private const int Shown = 5;

    private InterventionReport? _intervention;
    private InterventionSettings? _settings;

    private HeadReport Report => findings.Report;

    private string[] Heads => [.. Report.Chosen.Select(place => ProbedHeads.Id(config, place).ToString())];

    /// <summary>The object of intervention.json; null where there were no interventions.</summary>
    public JsonObject? Intervention { get; private set; }

    /// <summary>Adds what interventions came to.</summary>
    public void Add(InterventionSettings settings, (InterventionReport Report, int LeftOut) intervention)
    {
        (_settings, _intervention) = (settings, intervention.Report);
        Intervention = InterventionOutput.Json(intervention.Report, settings, intervention.LeftOut);
    }

    /// <summary>One object on a line; the figures of all heads are in sra.json.</summary>
    public string Json()
    {
        var chosen = Report.ChosenAccuracy;
        var result = new JsonObject
        {
            ["heads"] = new JsonArray([.. Heads.Select(head => JsonValue.Create(head))]),
            ["sra"] = chosen.Accuracy,
            ["low"] = chosen.Low,
            ["high"] = chosen.High,
            ["pairs"] = chosen.Pairs,
            ["best_head"] = ProbedHeads.Id(config, Report.Best).ToString(),
            ["best_sra"] = Report.Heads[Report.Best].Accuracy,
            ["summary"] = HeadSummary.Of(config, Report).Json(),
            ["responses"] = Report.Responses,
            ["unranked_responses"] = Report.Unranked,
            ["labels"] = findings.Labels.Source,
            ["agreement"] = SourceAgreement.Json(findings.Agreements),
        };
        if (Intervention is not null) result["intervention"] = Intervention.DeepClone();
        return result.ToJsonString();
    }

    /// <summary>By whom labels that were given are, where rows say so.</summary>
    private string Givers
    {
        get
        {
            if (findings.Labels.Source != GivenLabels.Given) return "";
            string[] names = [.. findings.Scored.Select(scored => scored.Response.LabelledBy).OfType<string>().Distinct().Order(StringComparer.Ordinal)];
            return names is [] or [GivenLabels.Given] ? "" : $" (by {string.Join(", ", names)})";
        }
    }

    /// <summary>The tables, line by line, and what to do with the heads.</summary>
    public IEnumerable<string> Lines()
    {
        var steps = findings.Scored.Average(scored => scored.Response.Steps.Count);
        yield return Text(
            $"{Report.Responses} responses with steps of both kinds ({Report.Unranked} without), {steps:F1} steps each, labels: {findings.Labels.Source}{Givers}");
        string[][] rows =
        [
            ["heads", "step ranking accuracy", "95 % interval", "measured on"],
            [string.Join(" ", Heads), .. Cells(Report.ChosenAccuracy), $"{Report.Measuring} responses that did not choose"],
            .. Enumerable.Range(0, Report.Heads.Count).OrderByDescending(place => Report.Heads[place].Accuracy).Take(Shown).Select(place => (string[])
                [ProbedHeads.Id(config, place).ToString(), .. Cells(Report.Heads[place]), $"all {Report.Responses}"]),
        ];
        foreach (var line in InterventionOutput.Aligned(rows)) yield return line;
        yield return HeadSummary.Of(config, Report).Line();
        foreach (var line in SourceAgreement.Lines(findings.Agreements)) yield return line;
        if (_intervention is not null)
            foreach (var line in InterventionOutput.Lines(_intervention, _settings!)) yield return line;
        yield return $"wrote {directory}: {HeadReportFiles.Figures}, {HeadReportFiles.HeatMap}, {HeadReportFiles.Curves}, {HeadReportFiles.Settings} and more";
        yield return $"credit.heads = [{string.Join(", ", Heads.Select(head => $"\"{head}\""))}]";
    }

    private static string[] Cells(RankingAccuracy accuracy) => [Text($"{accuracy.Accuracy:F4}"), Text($"{accuracy.Low:F4} to {accuracy.High:F4}")];

    private static string Text(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);
}
