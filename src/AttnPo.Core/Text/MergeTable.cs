using System.Collections.Concurrent;
using System.Text;

namespace AttnPo.Core.Text;

/// <summary>
/// Byte-pair merging: the pair of neighbours with the lowest rank is merged first, the leftmost of equals, until no pair is left that
/// merges. Safe for many threads; results of short pieces are remembered up to a bound.
/// </summary>
/// <param name="idOfByte">The token of each byte.</param>
/// <param name="merges">Which neighbours merge, in which order, into what.</param>
/// <param name="wholePieces">Pieces, in the byte alphabet, that are one token whatever merging makes of them; null: there are none.</param>
internal sealed class MergeTable(
    int[] idOfByte, Dictionary<(int Left, int Right), (int Rank, int Id)> merges, IReadOnlyDictionary<string, int>? wholePieces)
{
    // Words recur, long pieces hardly do: the cache's memory stays below some 10 MB however much text is encoded.
    private const int CachedPieces = 1 << 16;
    private const int CachedPieceBytes = 64;
    private readonly ConcurrentDictionary<string, int[]> _cache = new(StringComparer.Ordinal);
    private int _cached;

    /// <summary>The ids of one piece. The caller must not write into the array.</summary>
    public int[] Merge(ReadOnlySpan<char> piece)
    {
        if (_cache.GetAlternateLookup<ReadOnlySpan<char>>().TryGetValue(piece, out var known)) return known;
        var bytes = new byte[Encoding.UTF8.GetByteCount(piece)];
        Encoding.UTF8.GetBytes(piece, bytes);
        int[] ids = wholePieces is not null && wholePieces.TryGetValue(ByteAlphabet.Spell(bytes), out var whole) ? [whole] : Merge(bytes);
        if (bytes.Length <= CachedPieceBytes && Volatile.Read(ref _cached) < CachedPieces && _cache.TryAdd(piece.ToString(), ids))
            Interlocked.Increment(ref _cached);
        return ids;
    }

    private int[] Merge(ReadOnlySpan<byte> bytes)
    {
        var count = bytes.Length;
        var ids = new int[count];
        var next = new int[count];
        var previous = new int[count];
        for (var i = 0; i < count; i++) (ids[i], previous[i], next[i]) = (idOfByte[bytes[i]], i - 1, i + 1);

        var candidates = new PriorityQueue<(int At, int Left, int Right), (int Rank, int At)>();
        void Propose(int at)
        {
            if (at < 0 || next[at] >= count) return;
            var (left, right) = (ids[at], ids[next[at]]);
            if (merges.TryGetValue((left, right), out var merge)) candidates.Enqueue((at, left, right), (merge.Rank, at));
        }
        for (var i = 0; i < count; i++) Propose(i);

        const int Gone = -1;
        var alive = count;
        while (candidates.TryDequeue(out var candidate, out _))
        {
            var (at, left, right) = candidate;
            // A candidate is out of date when a merge has changed either side since it was proposed.
            if (ids[at] != left || next[at] >= count || ids[next[at]] != right) continue;
            var absorbed = next[at];
            ids[at] = merges[(left, right)].Id;
            ids[absorbed] = Gone;
            next[at] = next[absorbed];
            if (next[at] < count) previous[next[at]] = at;
            alive--;
            Propose(previous[at]);
            Propose(at);
        }

        var result = new int[alive];
        for (int i = 0, filled = 0; i < count; i = next[i]) result[filled++] = ids[i];
        return result;
    }
}
