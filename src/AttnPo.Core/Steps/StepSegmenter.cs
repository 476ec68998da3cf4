namespace AttnPo.Core.Steps;

/// <summary>
/// Cuts reasoning into steps, equal to the published reference segment by segment. The steps cover the reasoning without gaps,
/// in time linear in its length.
/// </summary>
public static class StepSegmenter
{
    /// <summary>The tag that closes the reasoning.</summary>
    public const string ThinkEnd = "</think>";

    /// <summary>
    /// The steps of the text before the first <see cref="ThinkEnd"/>, of the whole text where there is none; no step where that is
    /// empty.
    /// </summary>
    public static IReadOnlyList<Step> Segment(string response, PhraseTable phrases, SegmentationSettings settings)
    {
        var reasoning = ReasoningOf(response);
        return reasoning.IsEmpty ? [] : Merge(response, Cut(reasoning, phrases), settings);
    }

    /// <summary>The text before the first <see cref="ThinkEnd"/>; the whole text where there is none.</summary>
    internal static ReadOnlySpan<char> ReasoningOf(string response)
    {
        var end = response.IndexOf(ThinkEnd, StringComparison.Ordinal);
        return response.AsSpan(0, end < 0 ? response.Length : end);
    }

    private static List<Step> Cut(ReadOnlySpan<char> text, PhraseTable phrases)
    {
        var steps = new List<Step>();
        var (start, kind, opening) = (0, StepClass.Forward, (string?)null);
        for (var scan = new PhraseScan(text, phrases); scan.MoveNext();)
        {
            if (scan.Position > 0) steps.Add(new Step(start, scan.Position, kind, opening));
            (start, kind, opening) = (scan.Position, scan.Class, scan.Phrase);
        }
        steps.Add(new Step(start, text.Length, kind, opening));
        return steps;
    }

    /// <summary>
    /// Joins short steps to a neighbour. What lies left of the step in hand is settled, what lies right of it is as it was cut.
    /// </summary>
    private static List<Step> Merge(string text, List<Step> cuts, SegmentationSettings settings)
    {
        var settled = new List<Step>(cuts.Count);
        var step = cuts[0];
        var next = 1;
        while (true)
        {
            switch (Direction(text, step, cuts, next, settled.Count > 0, settings))
            {
                case Merging.WithNext:
                    step = step with { End = cuts[next++].End };
                    break;
                case Merging.IntoPrevious:
                    step = settled[^1] with { End = step.End };
                    settled.RemoveAt(settled.Count - 1);
                    break;
                default:
                    settled.Add(step);
                    if (next == cuts.Count) return settled;
                    step = cuts[next++];
                    break;
            }
        }
    }

    private static Merging Direction(
        string text, Step step, List<Step> cuts, int next, bool hasPrevious, SegmentationSettings settings)
    {
        if (step.Class == StepClass.Final || HasCodePoints(text, step.Start, step.End, settings.MinCharacters))
            return Merging.None;

        var intoPrevious = hasPrevious ? Merging.IntoPrevious : Merging.None;
        var withNext = next < cuts.Count && cuts[next].Class != StepClass.Final ? Merging.WithNext : Merging.None;
        if (step.Class == StepClass.Confused)
            return withNext;
        if (next < cuts.Count - 1 && cuts[next].Class == StepClass.Confused)
            return intoPrevious;
        if (step.Class == StepClass.Forward)
            return withNext;
        var saysLittle = !HasCodePoints(
            text, step.Start + (step.Phrase?.Length ?? 0), step.End, settings.MinSummaryCharacters + 1);
        return saysLittle && withNext != Merging.None ? withNext : intoPrevious;
    }

    /// <summary>Whether a range of UTF-16 units holds at least so many code points; looks no further than it must.</summary>
    private static bool HasCodePoints(string text, int start, int end, int least)
    {
        var count = 0;
        for (var i = start; i < end && count < least; count++)
            i += char.IsHighSurrogate(text[i]) && i + 1 < end && char.IsLowSurrogate(text[i + 1]) ? 2 : 1;
        return count >= least;
    }

    private enum Merging
    {
        None,
        WithNext,
        IntoPrevious,
    }
}
