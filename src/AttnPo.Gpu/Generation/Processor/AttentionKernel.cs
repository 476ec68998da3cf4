using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace AttnPo.Gpu.Generation.Processor;

/// <summary>
/// Attention of one query position over the pages of its sequence. Two query heads of one key head go together, so that each key
/// and value is read once for both. Queries come scaled.
/// </summary>
internal sealed unsafe class AttentionKernel(CacheShape shape) : IDisposable
{
    private const int Lanes = CacheShape.PagePositions;

    // Pages scored together: enough independent sums to keep the multipliers busy.
    private const int PagesAtOnce = 4;

    private FloatBuffer _scores = new(0);
    private int _scoreStride;

    /// <summary>Positions that there is room to score: grows with the sequences seen, at least twofold each time.</summary>
    public int Room => _scoreStride;

    /// <summary>Writes a position's key and value, each a padded head.</summary>
    public static void Store(CacheShape shape, float* head, int position, float* key, float* value)
    {
        var within = position % CacheShape.PagePositions;
        var column = head + within;
        for (var i = 0; i < shape.HeadSize; i++) column[i * Lanes] = key[i];
        var values = head + shape.KeysLength + (long)within * shape.HeadWidth;
        new ReadOnlySpan<float>(value, shape.HeadWidth).CopyTo(new Span<float>(values, shape.HeadWidth));
    }

    /// <summary>Attends with two heads to the first positions of a sequence; the heads may be the same.</summary>
    /// <param name="pages">The sequence.</param>
    /// <param name="offset">Where the key head lies in a page.</param>
    /// <param name="positions">How many positions are seen.</param>
    /// <param name="first">The first head's query, and <paramref name="firstOut"/> its result, a padded head each.</param>
    /// <param name="second">The second's.</param>
    /// <param name="firstOut">Result.</param>
    /// <param name="secondOut">Result.</param>
    public void Attend(List<nint> pages, int offset, int positions, float* first, float* second, float* firstOut, float* secondOut)
    {
        if (positions > _scoreStride) MakeRoom(positions);
        float* firstScores = _scores.Pointer, secondScores = firstScores + _scoreStride;
        var pageCount = (positions + CacheShape.PagePositions - 1) / CacheShape.PagePositions;
        for (var page = 0; page < pageCount; page += PagesAtOnce)
        {
            var at = page * Lanes;
            Score(Keys(page), Keys(page + 1), Keys(page + 2), Keys(page + 3), first, second, firstScores + at, secondScores + at);
        }
        var firstWeight = 1 / VectorMath.Softmax(firstScores, positions);
        var secondWeight = 1 / VectorMath.Softmax(secondScores, positions);
        for (var part = 0; part < shape.HeadWidth; part += 2 * Lanes)
        {
            Vector512<float> a0 = default, a1 = default, b0 = default, b1 = default;
            for (var page = 0; page < pageCount; page++)
            {
                var at = page * CacheShape.PagePositions;
                var count = Math.Min(CacheShape.PagePositions, positions - at);
                var values = (float*)pages[page] + offset + shape.KeysLength + part;
                Mix(values, count, firstScores + at, secondScores + at, ref a0, ref a1, ref b0, ref b1);
            }
            (a0 * firstWeight).Store(firstOut + part);
            (a1 * firstWeight).Store(firstOut + part + Lanes);
            (b0 * secondWeight).Store(secondOut + part);
            (b1 * secondWeight).Store(secondOut + part + Lanes);
        }

        // Beyond the end any page will do: nobody reads its scores.
        float* Keys(int page) => (float*)pages[Math.Min(page, pageCount - 1)] + offset;
    }

    public void Dispose() => _scores.Dispose();

    private void MakeRoom(int positions)
    {
        // A model's limit says nothing about how long the sequences of a run become.
        const int Together = PagesAtOnce * Lanes;
        var stride = Math.Max(checked((positions - 1) / Together * Together + Together), checked(2 * _scoreStride));
        var scores = new FloatBuffer(2L * stride);
        _scores.Dispose();
        (_scores, _scoreStride) = (scores, stride);
    }

    /// <summary>Products of the queries with the keys of four pages. Positions beyond the end give numbers that nobody reads.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private void Score(
        float* k0, float* k1, float* k2, float* k3, float* first, float* second, float* firstScores, float* secondScores)
    {
        Vector512<float> a0 = default, a1 = default, a2 = default, a3 = default, b0 = default, b1 = default, b2 = default, b3 = default;
        var size = shape.HeadSize;
        for (var i = 0; i < size; i++)
        {
            var (a, b) = (Vector512.Create(first[i]), Vector512.Create(second[i]));
            var key = Vector512.Load(k0 + i * Lanes);
            a0 = Vector512.FusedMultiplyAdd(a, key, a0);
            b0 = Vector512.FusedMultiplyAdd(b, key, b0);
            key = Vector512.Load(k1 + i * Lanes);
            a1 = Vector512.FusedMultiplyAdd(a, key, a1);
            b1 = Vector512.FusedMultiplyAdd(b, key, b1);
            key = Vector512.Load(k2 + i * Lanes);
            a2 = Vector512.FusedMultiplyAdd(a, key, a2);
            b2 = Vector512.FusedMultiplyAdd(b, key, b2);
            key = Vector512.Load(k3 + i * Lanes);
            a3 = Vector512.FusedMultiplyAdd(a, key, a3);
            b3 = Vector512.FusedMultiplyAdd(b, key, b3);
        }
        a0.Store(firstScores);
        a1.Store(firstScores + Lanes);
        a2.Store(firstScores + 2 * Lanes);
        a3.Store(firstScores + 3 * Lanes);
        b0.Store(secondScores);
        b1.Store(secondScores + Lanes);
        b2.Store(secondScores + 2 * Lanes);
        b3.Store(secondScores + 3 * Lanes);
    }

    /// <summary>Adds the weighted values of a page; even and odd positions are summed apart, which halves the chain of sums.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private void Mix(
        float* values, int count, float* firstWeights, float* secondWeights,
        ref Vector512<float> first0, ref Vector512<float> first1, ref Vector512<float> second0, ref Vector512<float> second1)
    {
        var (a0, a1, b0, b1) = (first0, first1, second0, second1);
        Vector512<float> c0 = default, c1 = default, d0 = default, d1 = default;
        var width = shape.HeadWidth;
        var position = 0;
        for (; position + 1 < count; position += 2)
        {
            var (a, b) = (Vector512.Create(firstWeights[position]), Vector512.Create(secondWeights[position]));
            var (low, high) = (Vector512.Load(values), Vector512.Load(values + Lanes));
            a0 = Vector512.FusedMultiplyAdd(a, low, a0);
            a1 = Vector512.FusedMultiplyAdd(a, high, a1);
            b0 = Vector512.FusedMultiplyAdd(b, low, b0);
            b1 = Vector512.FusedMultiplyAdd(b, high, b1);
            values += width;
            (a, b) = (Vector512.Create(firstWeights[position + 1]), Vector512.Create(secondWeights[position + 1]));
            (low, high) = (Vector512.Load(values), Vector512.Load(values + Lanes));
            c0 = Vector512.FusedMultiplyAdd(a, low, c0);
            c1 = Vector512.FusedMultiplyAdd(a, high, c1);
            d0 = Vector512.FusedMultiplyAdd(b, low, d0);
            d1 = Vector512.FusedMultiplyAdd(b, high, d1);
            values += width;
        }
        if (position < count)
        {
            var (a, b) = (Vector512.Create(firstWeights[position]), Vector512.Create(secondWeights[position]));
            var (low, high) = (Vector512.Load(values), Vector512.Load(values + Lanes));
            a0 = Vector512.FusedMultiplyAdd(a, low, a0);
            a1 = Vector512.FusedMultiplyAdd(a, high, a1);
            b0 = Vector512.FusedMultiplyAdd(b, low, b0);
            b1 = Vector512.FusedMultiplyAdd(b, high, b1);
        }
        (first0, first1, second0, second1) = (a0 + c0, a1 + c1, b0 + d0, b1 + d1);
    }
}
