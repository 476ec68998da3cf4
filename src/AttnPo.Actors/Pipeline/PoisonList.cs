using System.Runtime.InteropServices;
using System.Security.Cryptography;
using AttnPo.Core.Verification;

namespace AttnPo.Actors.Pipeline;

/// <summary>
/// Inputs that verification did not come back from, by a key of their content, so that none of them is kept. Full, it forgets the
/// oldest: that one may be tried once more.
/// </summary>
/// <param name="capacity">Keys at most.</param>
internal sealed class PoisonList(int capacity)
{
    private readonly HashSet<string> _keys = [];
    private readonly Queue<string> _oldestFirst = new();

    /// <summary>The key of an input: its SHA-256. Equal inputs have equal keys, others do not.</summary>
    public static string KeyOf(ReadOnlySpan<int> tokens, bool truncated, Gold gold)
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        // The length parts the gold answer from the tokens.
        hash.AppendData(MemoryMarshal.AsBytes<int>([truncated ? 1 : 0, (int)gold.Kind, gold.Text.Length]));
        hash.AppendData(MemoryMarshal.AsBytes(gold.Text.AsSpan()));
        hash.AppendData(MemoryMarshal.AsBytes(tokens));
        return Convert.ToHexString(hash.GetHashAndReset());
    }

    public bool Contains(string key) => _keys.Contains(key);

    public void Add(string key)
    {
        if (!_keys.Add(key)) return;
        _oldestFirst.Enqueue(key);
        if (_oldestFirst.Count > capacity) _keys.Remove(_oldestFirst.Dequeue());
    }
}
