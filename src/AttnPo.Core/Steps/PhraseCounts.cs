namespace AttnPo.Core.Steps;

/// <summary>
/// How often a reasoning turns round, leads on and sums up: its transition phrases, counted where they stand, before short steps are
/// joined. What begins without a phrase counts nothing.
/// </summary>
/// <param name="Confused">"Wait", "Alternatively" and their like, anywhere.</param>
/// <param name="Forward">"First,", "Now" and their like, at the beginning of a line.</param>
/// <param name="Backward">"So", "Therefore" and their like, at the beginning of a line.</param>
public readonly record struct PhraseCounts(int Confused, int Forward, int Backward)
{
    /// <summary>
    /// Counts in the text before the first <see cref="StepSegmenter.ThinkEnd"/>, in the whole text where there is none; by the scan that
    /// cuts steps, so each step that has a phrase is counted once, and so is each that was joined to a neighbour.
    /// </summary>
    public static PhraseCounts Of(string response, PhraseTable phrases)
    {
        var scan = new PhraseScan(StepSegmenter.ReasoningOf(response), phrases);
        var counts = default(PhraseCounts);
        while (scan.MoveNext())
        {
            counts = scan.Class switch
            {
                StepClass.Confused => counts with { Confused = counts.Confused + 1 },
                StepClass.Forward => counts with { Forward = counts.Forward + 1 },
                StepClass.Backward => counts with { Backward = counts.Backward + 1 },
                _ => counts,
            };
        }
        return counts;
    }
}
