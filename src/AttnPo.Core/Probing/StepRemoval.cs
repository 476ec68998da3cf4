using AttnPo.Core.Data;

namespace AttnPo.Core.Probing;

/// <summary>Which steps an intervention takes out of a response's reasoning.</summary>
public enum RemovalArm
{
    /// <summary>None: what the other arms are held against.</summary>
    Nothing,

    /// <summary>Those with the highest scores.</summary>
    Highest,

    /// <summary>Those with the lowest scores.</summary>
    Lowest,

    /// <summary>Some, drawn without looking at scores.</summary>
    Random,
}

/// <summary>Chooses the steps that an intervention takes out.</summary>
public static class StepRemoval
{
    // A key that keeps these draws apart from others of the same seed.
    private const ulong Stream = 0x72656D6F7665;

    /// <summary>All arms, in the order of tables.</summary>
    public static IReadOnlyList<RemovalArm> Arms { get; } = [RemovalArm.Nothing, RemovalArm.Highest, RemovalArm.Lowest, RemovalArm.Random];

    /// <summary>
    /// The steps to take out, in ascending order. Of equal scores the earlier step counts as more extreme. A random choice is a function of
    /// seed and response alone.
    /// </summary>
    /// <param name="arm">Which.</param>
    /// <param name="scores">Of each step.</param>
    /// <param name="count">How many; fewer than there are steps.</param>
    /// <param name="seed">Of the random choice.</param>
    /// <param name="response">The number of the response, for the random choice.</param>
    /// <exception cref="ArgumentOutOfRangeException">No step would be left, or none is to be removed.</exception>
    public static IReadOnlyList<int> Choose(RemovalArm arm, IReadOnlyList<double> scores, int count, ulong seed, long response)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(count);
        ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual(count, scores.Count);
        var steps = Enumerable.Range(0, scores.Count);
        return arm switch
        {
            RemovalArm.Nothing => [],
            RemovalArm.Highest => [.. steps.OrderByDescending(step => scores[step]).Take(count).Order()],
            RemovalArm.Lowest => [.. steps.OrderBy(step => scores[step]).Take(count).Order()],
            RemovalArm.Random => Drawn(scores.Count, count, seed, response),
            _ => throw new ArgumentOutOfRangeException(nameof(arm), arm, "There is no such arm."),
        };
    }

    private static int[] Drawn(int steps, int count, ulong seed, long response)
    {
        var random = new RandomSequence(Stream, seed, (ulong)response);
        int[] order = [.. Enumerable.Range(0, steps)];
        for (var i = 0; i < count; i++)
        {
            var other = i + random.Next(steps - i);
            (order[i], order[other]) = (order[other], order[i]);
        }
        return [.. order[..count].Order()];
    }
}
