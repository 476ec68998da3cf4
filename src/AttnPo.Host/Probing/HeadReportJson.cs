using System.Text.Json;
using System.Text.Json.Nodes;
using AttnPo.Core.Probing;
using AttnPo.Gpu.Model;

namespace AttnPo.Host.Probing;

/// <summary>
/// A report as JSON. Heads are written "layer:head", accuracies as shares from 0 to 1, rounded to six decimals; what is not defined is null. Members of
/// sra.json:
/// <list type="bullet">
/// <item>about: where the figures come from, as the caller states it; left out where it states nothing.</item>
/// <item>layers, heads_per_layer: the model's shape.</item>
/// <item>responses, unranked_responses, choosing_responses, measuring_responses, essential_steps, redundant_steps: the evidence.</item>
/// <item>heads: the chosen set, as credit.heads takes it; chosen: {"sra","low","high","pairs"} of its averaged score on the measuring half.</item>
/// <item>summary: over all heads, "best_head", "best", "median", "lower_quartile", "upper_quartile", "worst", and "above": the share of the heads above
/// 0.6, 0.7, 0.8 and 0.9.</item>
/// <item>curves: for each n {"n","greedy_head","greedy","greedy_low","greedy_high","greedy_choosing", and the same of "top_k"}: accuracy of the set of
/// the first n heads on the measuring half, with its interval, and on the choosing half.</item>
/// <item>single_heads: for each head {"head","sra","pairs","low","high"}, layer by layer, on all responses.</item>
/// </list>
/// </summary>
internal static class HeadReportJson
{
    /// <summary>All of it.</summary>
    public static void Write(Utf8JsonWriter json, ModelConfig config, HeadReport report, JsonObject? about)
    {
        json.WriteStartObject();
        if (about is not null)
        {
            json.WritePropertyName("about");
            about.WriteTo(json);
        }
        json.WriteNumber("layers", config.Layers);
        json.WriteNumber("heads_per_layer", config.Heads);
        json.WriteNumber("responses", report.Responses);
        json.WriteNumber("unranked_responses", report.Unranked);
        json.WriteNumber("choosing_responses", report.Choosing);
        json.WriteNumber("measuring_responses", report.Measuring);
        json.WriteNumber("essential_steps", report.Essential);
        json.WriteNumber("redundant_steps", report.Redundant);
        WriteHeads(json, "heads", config, report.Chosen);
        json.WriteStartObject("chosen");
        WriteAccuracy(json, report.ChosenAccuracy);
        json.WriteEndObject();
        json.WritePropertyName("summary");
        HeadSummary.Of(config, report).Json().WriteTo(json);
        WriteCurves(json, config, report);
        json.WriteStartArray("single_heads");
        for (var place = 0; place < report.Heads.Count; place++)
        {
            json.WriteStartObject();
            json.WriteString("head", ProbedHeads.Id(config, place).ToString());
            WriteAccuracy(json, report.Heads[place]);
            json.WriteEndObject();
        }
        json.WriteEndArray();
        json.WriteEndObject();
    }

    /// <summary>
    /// The model folder's file: "heads", and for the reader their "step_ranking_accuracy" with "pairs" on the measuring half, "responses", and
    /// "single_heads": every head's accuracy, best first.
    /// </summary>
    public static void WriteModelHeads(Utf8JsonWriter json, ModelConfig config, HeadReport report)
    {
        json.WriteStartObject();
        WriteHeads(json, "heads", config, report.Chosen);
        json.WriteNumber("step_ranking_accuracy", Math.Round(report.ChosenAccuracy.Accuracy, 4));
        json.WriteNumber("pairs", report.ChosenAccuracy.Pairs);
        json.WriteNumber("responses", report.Responses);
        json.WriteStartObject("single_heads");
        foreach (var place in Enumerable.Range(0, report.Heads.Count).OrderByDescending(place => report.Heads[place].Accuracy))
            json.WriteNumber(ProbedHeads.Id(config, place).ToString(), Math.Round(report.Heads[place].Accuracy, 4));
        json.WriteEndObject();
        json.WriteEndObject();
    }

    private static void WriteCurves(Utf8JsonWriter json, ModelConfig config, HeadReport report)
    {
        json.WriteStartArray("curves");
        foreach (var point in report.Curves)
        {
            json.WriteStartObject();
            json.WriteNumber("n", point.Count);
            WriteSet("greedy", point.Greedy);
            WriteSet("top_k", point.TopK);
            json.WriteEndObject();
        }
        json.WriteEndArray();

        void WriteSet(string name, SetAccuracy set)
        {
            json.WriteString($"{name}_head", ProbedHeads.Id(config, set.Head).ToString());
            WriteNumber(json, name, set.Measured.Accuracy);
            WriteNumber(json, $"{name}_low", set.Measured.Low);
            WriteNumber(json, $"{name}_high", set.Measured.High);
            WriteNumber(json, $"{name}_choosing", set.Choosing);
        }
    }

    private static void WriteHeads(Utf8JsonWriter json, string name, ModelConfig config, IEnumerable<int> places)
    {
        json.WriteStartArray(name);
        foreach (var place in places) json.WriteStringValue(ProbedHeads.Id(config, place).ToString());
        json.WriteEndArray();
    }

    private static void WriteAccuracy(Utf8JsonWriter json, RankingAccuracy accuracy)
    {
        WriteNumber(json, "sra", accuracy.Accuracy);
        json.WriteNumber("pairs", accuracy.Pairs);
        WriteNumber(json, "low", accuracy.Low);
        WriteNumber(json, "high", accuracy.High);
    }

    private static void WriteNumber(Utf8JsonWriter json, string name, double share) => json.WriteNumber(name, Math.Round(share, 6));
}
