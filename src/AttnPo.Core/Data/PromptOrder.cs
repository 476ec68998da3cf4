namespace AttnPo.Core.Data;

/// <summary>
/// An endless shuffled reading of a prompt set: every epoch holds each prompt once, in an order of its own. The prompt at a position is a
/// function of seed and position alone, so a run that goes on after a crash needs to remember no more than its cursor.
/// </summary>
public static class PromptOrder
{
    private const int Rounds = 8;

    /// <summary>The index of the prompt at a position of the reading.</summary>
    /// <param name="seed">Chooses the orders of all epochs.</param>
    /// <param name="cursor">The position, from 0.</param>
    /// <param name="count">How many prompts the set has.</param>
    public static int At(ulong seed, long cursor, int count)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(cursor);
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(count);
        var (epoch, position) = Math.DivRem(cursor, count);

        // A Feistel network permutes the numbers of 2 x halfBits bits, the smallest such range that holds the set; walking along its cycle
        // until it comes back into the set makes that a permutation of the set. The range is at most four times the set.
        var halfBits = 1;
        while (1L << (2 * halfBits) < count) halfBits++;
        var place = (ulong)position;
        do place = Permute(place, halfBits, seed, (ulong)epoch);
        while (place >= (ulong)count);
        return (int)place;
    }

    private static ulong Permute(ulong value, int halfBits, ulong seed, ulong epoch)
    {
        var mask = (1UL << halfBits) - 1;
        ulong left = value >> halfBits, right = value & mask;
        for (var round = 0UL; round < Rounds; round++)
            (left, right) = (right, left ^ (RandomSequence.Mix(seed, epoch, round, right) & mask));
        return (left << halfBits) | right;
    }
}
