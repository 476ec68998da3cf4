using System.Text.Json;
using AttnPo.Core.Data;
using AttnPo.Host.Rows;

namespace AttnPo.Host.Probing;

/// <summary>What is known of a response's steps beside the response itself; each list has a value a step.</summary>
/// <param name="Labels">Empty: none has a label.</param>
/// <param name="LabelledBy">The source of the labels; null where there are none.</param>
/// <param name="Scores">Mean over the chosen heads; null where none were chosen.</param>
/// <param name="Drops">By how much the answer's log-probability falls without the step, in nats; null where that was not measured.</param>
internal sealed record StepFindings(
    IReadOnlyList<StepLabel?> Labels, string? LabelledBy, IReadOnlyList<double>? Scores = null, IReadOnlyList<double>? Drops = null)
{
    /// <summary>Of a response that nobody looked at.</summary>
    public static StepFindings None { get; } = new([], null);
}

/// <summary>Writes a response as a row that <see cref="LabelledRows"/> reads back.</summary>
/// <param name="encode">The ids that the model's tokenizer gives a text.</param>
internal sealed class LabelledRowWriter(Func<string, int[]> encode)
{
    /// <summary>Writes the members of the row.</summary>
    public void Write(Utf8JsonWriter json, LabelledResponse response, StepFindings findings)
    {
        json.WriteString("id", response.Id);
        json.WriteString("prompt", response.PromptText);
        // Where the text says it all, ids would only be in the way of people.
        if (!encode(response.PromptText).AsSpan().SequenceEqual(response.Prompt)) json.WriteNumbers("prompt_ids", response.Prompt);
        json.WriteString("response", response.Text);
        json.WriteNumbers("response_ids", response.Response);
        if (response.Gold is { } gold)
        {
            json.WriteString("gold", gold.Text);
            json.WriteString("kind", gold.Kind.ToString().ToLowerInvariant());
        }
        // Labels that were given are still those of whoever gave them.
        if (findings.LabelledBy is { } source) json.WriteString("labelled_by", source == GivenLabels.Given ? response.LabelledBy ?? source : source);
        json.WriteStartArray("steps");
        var points = new CodePoints(response.Text);
        for (var i = 0; i < response.Steps.Count; i++)
        {
            json.WriteStartObject();
            json.WriteNumber("start", points.At(response.Steps[i].Start));
            json.WriteNumber("end", points.At(response.Steps[i].End));
            json.WriteString("label", findings.Labels.Count == 0 ? null : findings.Labels[i]?.ToString().ToLowerInvariant());
            if (findings.Scores is { } scores) json.WriteNumber("score", scores[i]);
            if (findings.Drops is { } drops) Finite(json, "drop", drops[i]);
            json.WriteEndObject();
        }
        json.WriteEndArray();
    }

    // JSON has no infinity.
    private static void Finite(Utf8JsonWriter json, string name, double value)
    {
        if (double.IsFinite(value)) json.WriteNumber(name, value);
        else json.WriteNull(name);
    }
}
