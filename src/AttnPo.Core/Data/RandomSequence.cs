namespace AttnPo.Core.Data;

/// <summary>
/// Random numbers that are a function of their keys alone (SplitMix64 over mixed keys): a place in a data set can be read without reading
/// what stands before it, and the same place reads the same on every machine and version of the base library.
/// </summary>
internal struct RandomSequence
{
    private const ulong Increment = 0x9E3779B97F4A7C15;
    private ulong _state;

    public RandomSequence(params ReadOnlySpan<ulong> keys) => _state = Mix(keys);

    /// <summary>One well-mixed number from several keys; the order of the keys counts.</summary>
    public static ulong Mix(params ReadOnlySpan<ulong> keys)
    {
        var mixed = 0UL;
        foreach (var key in keys) mixed = Finish(mixed + Increment ^ Finish(key + Increment));
        return mixed;
    }

    /// <summary>A number from 0 to <paramref name="bound"/> - 1. The bias of the multiplication is below bound / 2^64.</summary>
    public int Next(int bound) => (int)Math.BigMul(NextBits(), (ulong)bound, out _);

    /// <summary>A number in [0, 1).</summary>
    public double NextDouble() => (NextBits() >> 11) * (1.0 / (1UL << 53));

    private ulong NextBits() => Finish(_state += Increment);

    private static ulong Finish(ulong value)
    {
        value = (value ^ (value >> 30)) * 0xBF58476D1CE4E5B9;
        value = (value ^ (value >> 27)) * 0x94D049BB133111EB;
        return value ^ (value >> 31);
    }
}
