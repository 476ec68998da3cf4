using AttnPo.Core.Text;

namespace AttnPo.Core.Steps;

/// <summary>
/// Carries steps over from characters to the tokens that were sampled. Nothing is tokenized again: that could give other tokens than
/// the policy chose.
/// </summary>
public static class StepTokens
{
    /// <summary>
    /// The tokens of each step: from the token that holds its first character to the one before the next step's first; the last step
    /// ends before the token that begins to close the reasoning. Steps that begin in one token share it: all but the last of them get
    /// an empty span, unless they were joined (<see cref="Join"/>).
    /// </summary>
    /// <param name="steps">In the order of the text, over its characters.</param>
    /// <param name="text">The decoded response.</param>
    /// <param name="thinkEndToken">The token that closes the reasoning; the number of tokens where none does.</param>
    public static IReadOnlyList<TokenSpan> Locate(IReadOnlyList<Step> steps, DecodedText text, int thinkEndToken)
    {
        var starts = steps.Select(step => Math.Min(text.TokenAt(step.Start), thinkEndToken)).Append(thinkEndToken).ToArray();
        return [.. starts.Zip(starts.Skip(1), (start, end) => new TokenSpan(start, end))];
    }

    /// <summary>
    /// The steps with those joined to their left neighbour that begin in the same token as it, or in the token that closes the
    /// reasoning. As in every merge the left part's phrase and class stay. Each step then has a token of its own, so a mean over a
    /// step's tokens exists.
    /// </summary>
    /// <param name="steps">In the order of the text, over its characters.</param>
    /// <param name="text">The decoded response.</param>
    /// <param name="thinkEndToken">The token that closes the reasoning; the number of tokens where none does.</param>
    public static IReadOnlyList<Step> Join(IReadOnlyList<Step> steps, DecodedText text, int thinkEndToken)
    {
        var joined = new List<Step>(steps.Count);
        var previous = -1;
        foreach (var step in steps)
        {
            var token = text.TokenAt(step.Start);
            if (token > previous && token < thinkEndToken)
                joined.Add(step);
            else if (joined.Count > 0)
                joined[^1] = joined[^1] with { End = step.End };
            previous = token;
        }
        return joined;
    }
}
