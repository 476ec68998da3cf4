using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace AttnPo.Gpu.Generation.Processor;

/// <summary>What stands between the products of a decoder: norm, softmax, gate. Sizes are whole vectors except where said.</summary>
internal static unsafe class VectorMath
{
    private const int Lanes = 16;

    /// <summary>Scales a padded vector to a root mean square of 1 over its true size, then by weights. It may replace itself.</summary>
    public static void Normalize(float* from, float* to, float* weights, int padded, int size, float epsilon)
    {
        var (even, odd) = (Vector512<float>.Zero, Vector512<float>.Zero);
        for (var i = 0; i < padded; i += 2 * Lanes)
        {
            var (a, b) = (Vector512.Load(from + i), Vector512.Load(from + i + Lanes));
            even = Vector512.FusedMultiplyAdd(a, a, even);
            odd = Vector512.FusedMultiplyAdd(b, b, odd);
        }
        var scale = Vector512.Create(1 / MathF.Sqrt(Vector512.Sum(even + odd) / size + epsilon));
        for (var i = 0; i < padded; i += Lanes) (Vector512.Load(from + i) * scale * Vector512.Load(weights + i)).Store(to + i);
    }

    /// <summary>Multiplies a padded vector.</summary>
    public static void Scale(float* vector, int padded, float factor)
    {
        for (var i = 0; i < padded; i += Lanes) (Vector512.Load(vector + i) * factor).Store(vector + i);
    }

    /// <summary>Adds a padded vector to another.</summary>
    public static void Add(float* to, float* added, int padded)
    {
        for (var i = 0; i < padded; i += Lanes) (Vector512.Load(to + i) + Vector512.Load(added + i)).Store(to + i);
    }

    /// <summary>gate becomes silu(gate) * up.</summary>
    public static void Gate(float* gate, float* up, int padded)
    {
        for (var i = 0; i < padded; i += Lanes)
        {
            var g = Vector512.Load(gate + i);
            (g * Vector512.Load(up + i) / (Vector512<float>.One + Exp(-g))).Store(gate + i);
        }
    }

    /// <summary>
    /// The first scores become their exponentials relative to the highest, and their sum is answered; up to the next whole
    /// vector the memory becomes 0.
    /// </summary>
    public static float Softmax(float* scores, int count)
    {
        var padded = (count + Lanes - 1) / Lanes * Lanes;
        for (var i = count; i < padded; i++) scores[i] = float.NegativeInfinity;
        var highest = Vector512.Load(scores);
        for (var i = Lanes; i < padded; i += Lanes) highest = Vector512.Max(highest, Vector512.Load(scores + i));
        var best = highest[0];
        for (var lane = 1; lane < Lanes; lane++) best = MathF.Max(best, highest[lane]);
        var shift = Vector512.Create(best);
        var sum = Vector512<float>.Zero;
        for (var i = 0; i < padded; i += Lanes)
        {
            var weight = Exp(Vector512.Load(scores + i) - shift);
            weight.Store(scores + i);
            sum += weight;
        }
        return Vector512.Sum(sum);
    }

    /// <summary>
    /// e to the power of each lane, within 2 units in the last place: a power of two times a polynomial on half an octave to
    /// either side (Cody and Waite's reduction, the polynomial of Cephes' expf). Below -87 it is 0, above 88 infinite.
    /// </summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector512<float> Exp(Vector512<float> x)
    {
        var n = Vector512.Round(x * 1.44269504f);
        var r = Vector512.FusedMultiplyAdd(n, Vector512.Create(-0.693359375f), x);
        r = Vector512.FusedMultiplyAdd(n, Vector512.Create(2.12194440e-4f), r);
        var p = Vector512.Create(1.9875691500e-4f);
        p = Vector512.FusedMultiplyAdd(p, r, Vector512.Create(1.3981999507e-3f));
        p = Vector512.FusedMultiplyAdd(p, r, Vector512.Create(8.3334519073e-3f));
        p = Vector512.FusedMultiplyAdd(p, r, Vector512.Create(4.1665795894e-2f));
        p = Vector512.FusedMultiplyAdd(p, r, Vector512.Create(1.6666665459e-1f));
        p = Vector512.FusedMultiplyAdd(p, r, Vector512.Create(5.0000001201e-1f));
        p = Vector512.FusedMultiplyAdd(p, r * r, r + Vector512<float>.One);
        var power = Vector512.ShiftLeft(Vector512.ConvertToInt32(n) + Vector512.Create(127), 23).AsSingle();
        var result = p * power;
        result = Vector512.ConditionalSelect(Vector512.LessThan(x, Vector512.Create(-87f)), Vector512<float>.Zero, result);
        return Vector512.ConditionalSelect(
            Vector512.GreaterThan(x, Vector512.Create(88f)), Vector512.Create(float.PositiveInfinity), result);
    }
}
