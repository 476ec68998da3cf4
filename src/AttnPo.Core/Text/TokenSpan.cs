namespace AttnPo.Core.Text;

/// <summary>A half-open range of positions: <paramref name="Start"/> belongs to it, <paramref name="End"/> does not.</summary>
/// <param name="Start">The first position.</param>
/// <param name="End">The position after the last one; equal to <paramref name="Start"/> for an empty span.</param>
public readonly record struct TokenSpan(int Start, int End)
{
    /// <summary>How many positions the span holds.</summary>
    public int Length => End - Start;
}
