using System.Text.Json;
using AttnPo.Gpu;

namespace AttnPo.Host.Probing;

/// <summary>A head and its step ranking accuracy.</summary>
internal readonly record struct HeadAccuracy(HeadId Head, double Accuracy);

/// <summary>What a probe found.</summary>
/// <param name="Heads">The chosen set, in the order in which heads were added.</param>
/// <param name="Accuracy">Step ranking accuracy of the set's averaged score, on responses that did not choose it.</param>
/// <param name="Pairs">Pairs of an essential and a redundant step behind that figure.</param>
/// <param name="Responses">Correct responses probed, those that chose and those that measured.</param>
/// <param name="All">Every head by itself, best first.</param>
internal sealed record ProbeResult(
    IReadOnlyList<HeadId> Heads, double Accuracy, long Pairs, int Responses, IReadOnlyList<HeadAccuracy> All)
{
    /// <summary>The model folder's file of heads.</summary>
    public void Write(string file)
    {
        using var stream = File.Create(file);
        using (var json = new Utf8JsonWriter(stream, new JsonWriterOptions { Indented = true, NewLine = "\n" }))
        {
            json.WriteStartObject();
            json.WriteStartArray("heads");
            foreach (var head in Heads) json.WriteStringValue(head.ToString());
            json.WriteEndArray();
            json.WriteNumber("step_ranking_accuracy", Math.Round(Accuracy, 4));
            json.WriteNumber("pairs", Pairs);
            json.WriteNumber("responses", Responses);
            json.WriteStartObject("single_heads");
            foreach (var (head, accuracy) in All) json.WriteNumber(head.ToString(), Math.Round(accuracy, 4));
            json.WriteEndObject();
            json.WriteEndObject();
        }
        stream.Write("\n"u8);
    }
}
