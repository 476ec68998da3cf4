using AttnPo.Core.Data;
using AttnPo.Core.Steps;
using AttnPo.Core.Text;
using AttnPo.Host.Probing;

namespace AttnPo.Host.Tests.Probing;

/// <summary>Responses made by hand: each step is some words, the answer stands behind the reasoning.</summary>
internal static class MadeResponse
{
    /// <summary>Of text alone, for judges: its tokens are none.</summary>
    public static LabelledResponse OfText(string id, string question, string answer, params string[] steps)
    {
        var text = string.Concat(steps) + StepSegmenter.ThinkEnd + answer;
        var start = 0;
        return new LabelledResponse
        {
            Id = id,
            PromptText = question,
            Prompt = [0],
            Response = [0],
            Text = text,
            ThinkEnd = 0,
            Steps = [.. steps.Select(step => new Step(start, start += step.Length, StepClass.Forward, null))],
            Spans = [.. steps.Select(_ => new TokenSpan(0, 0))],
        };
    }

    /// <summary>Of tokens alone, for ablation: the reasoning is cut at these spans.</summary>
    public static LabelledResponse OfTokens(int[] prompt, int[] response, int thinkEnd, params TokenSpan[] spans) => new()
    {
        Id = "made",
        PromptText = "",
        Prompt = prompt,
        Response = response,
        Text = "",
        ThinkEnd = thinkEnd,
        Steps = [.. spans.Select(span => new Step(span.Start, span.End, StepClass.Forward, null))],
        Spans = spans,
    };

    /// <summary>e, r and - for essential, redundant and none.</summary>
    public static string Letters(IEnumerable<StepLabel?> labels) =>
        string.Concat(labels.Select(label => label switch { StepLabel.Essential => 'e', StepLabel.Redundant => 'r', _ => '-' }));
}
