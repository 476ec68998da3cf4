namespace AttnPo.Gpu.Generation;

/// <summary>
/// Random numbers without a stream: each is a pure function of what it is for, so that no draw depends on who else was drawn
/// before it. The generator is Philox 4x32 with 10 rounds (Salmon, Moraes, Dror and Shaw, "Parallel random numbers: as easy as
/// 1, 2, 3", SC 2011).
/// </summary>
internal readonly struct CounterRandom
{
    private const uint FirstMultiplier = 0xD2511F53, SecondMultiplier = 0xCD9E8D57;
    private const uint FirstKeyStep = 0x9E3779B9, SecondKeyStep = 0xBB67AE85;
    private const int Rounds = 10;

    private readonly ulong _key;
    private readonly ulong _prefix;

    /// <summary>The numbers of one prompt in one step of a run.</summary>
    public CounterRandom(ulong seed, long step, long promptId)
    {
        // Seed, step, prompt, sample and position have more bits than one counter and its key; the first three are hashed into
        // 128 bits, of which half become the key and half the upper part of the counter.
        (_key, _prefix) = Philox((ulong)promptId, (ulong)step, seed);
    }

    /// <summary>Uniform in [0, 1), with 53 random bits.</summary>
    public double Uniform(int sample, int position)
    {
        var counter = (ulong)(uint)sample << 32 | (uint)position;
        return (Philox(counter, _prefix, _key).Low >> 11) * (1.0 / (1UL << 53));
    }

    /// <summary>The block function: a 128-bit counter and a 64-bit key to 128 random bits.</summary>
    internal static (ulong Low, ulong High) Philox(ulong counterLow, ulong counterHigh, ulong key)
    {
        uint c0 = (uint)counterLow, c1 = (uint)(counterLow >> 32), c2 = (uint)counterHigh, c3 = (uint)(counterHigh >> 32);
        uint k0 = (uint)key, k1 = (uint)(key >> 32);
        for (var round = 0; round < Rounds; round++)
        {
            ulong first = (ulong)FirstMultiplier * c0, second = (ulong)SecondMultiplier * c2;
            (c0, c1, c2, c3) = ((uint)(second >> 32) ^ c1 ^ k0, (uint)second, (uint)(first >> 32) ^ c3 ^ k1, (uint)first);
            k0 += FirstKeyStep;
            k1 += SecondKeyStep;
        }
        return ((ulong)c1 << 32 | c0, (ulong)c3 << 32 | c2);
    }
}
