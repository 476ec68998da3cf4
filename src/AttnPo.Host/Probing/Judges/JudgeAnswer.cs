using System.Globalization;
using System.Text.Json;
using AttnPo.Core.Data;

namespace AttnPo.Host.Probing.Judges;

/// <summary>Reads what a judge wrote. Thoughts may come first and a code fence may stand around the object; the object itself is read strictly.</summary>
internal static class JudgeAnswer
{
    private const string Fence = "```";

    private static readonly JsonDocumentOptions Strict = new() { AllowDuplicateProperties = false, MaxDepth = 2 };

    /// <summary>
    /// The labels of steps 1 to <paramref name="count"/>: the text ends with an object that has a member for each of them, no other, and
    /// each is one of the two labels. Null otherwise.
    /// </summary>
    public static IReadOnlyList<StepLabel?>? Read(string text, int count)
    {
        var end = text.AsSpan().TrimEnd();
        if (end.EndsWith(Fence)) end = end[..^Fence.Length].TrimEnd();
        // The object holds no other, so it begins with the last brace.
        var start = end.LastIndexOf('{');
        if (start < 0 || end[^1] != '}') return null;
        try
        {
            using var document = JsonDocument.Parse(end[start..].ToString(), Strict);
            return Labels(document.RootElement, count);
        }
        catch (Exception e) when (e is JsonException or InvalidOperationException)
        {
            // Half of a surrogate pair in a name or a value is the second of them.
            return null;
        }
    }

    private static StepLabel?[]? Labels(JsonElement element, int count)
    {
        if (element.GetPropertyCount() != count) return null;
        var labels = new StepLabel?[count];
        foreach (var member in element.EnumerateObject())
        {
            if (!int.TryParse(member.Name, NumberStyles.None, CultureInfo.InvariantCulture, out var step) || step < 1 || step > count) return null;
            if (member.Value.ValueKind != JsonValueKind.String || labels[step - 1] is not null) return null;
            switch (member.Value.GetString())
            {
                case "essential": labels[step - 1] = StepLabel.Essential; break;
                case "redundant": labels[step - 1] = StepLabel.Redundant; break;
                default: return null;
            }
        }
        return labels;
    }
}
