using static TorchSharp.torch;

namespace AttnPo.Gpu.Model;

/// <summary>
/// Rotates pairs of a head's components by angles that grow with the position. The tables are computed once and grow in powers
/// of two to the longest sequence seen, since a model's limit may be far beyond what a run uses. Safe from several threads.
/// </summary>
internal sealed class RotaryEmbedding(float[] frequencies, int maxPositions, Device device) : IDisposable
{
    private const int SmallestTable = 256;

    private readonly Lock _growth = new();
    private readonly List<Tensor> _retired = [];
    private volatile Tables? _tables;

    /// <summary>
    /// The rotation of each position, ready to broadcast over heads: [T, 1, head size] for positions 0 to T - 1, or
    /// [B, T, 1, head size] where positions [B, T] are given.
    /// </summary>
    /// <param name="length">One more than the highest position.</param>
    /// <param name="positions">Null: 0 to length - 1.</param>
    public Rotation At(long length, Tensor? positions)
    {
        var tables = Covering(length);
        return positions is null
            ? new Rotation(tables.Cos.narrow(0, 0, length), tables.Sin.narrow(0, 0, length))
            : new Rotation(Rows(tables.Cos, positions), Rows(tables.Sin, positions));
    }

    /// <summary>[B, T, heads, head size] -> the same, rotated.</summary>
    public static Tensor Apply(Tensor heads, Rotation rotation)
    {
        using var scope = NewDisposeScope();
        // sin carries the sign of the half it is multiplied with, so that swapping the halves is a plain roll.
        var swapped = heads.roll(heads.size(-1) / 2, -1);
        return (heads * rotation.Cos).addcmul(swapped, rotation.Sin, 1).MoveToOuterDisposeScope();
    }

    private static Tensor Rows(Tensor table, Tensor positions)
    {
        using var flat = positions.flatten();
        using var rows = table.index_select(0, flat);
        return rows.view(positions.size(0), positions.size(1), 1, table.size(-1));
    }

    private Tables Covering(long length)
    {
        if (length > maxPositions)
            throw new ArgumentException($"a sequence of {length} tokens is longer than the model's limit of {maxPositions}");
        if (_tables is { } present && present.Length >= length) return present;
        lock (_growth)
        {
            if (_tables is { } grown && grown.Length >= length) return grown;
            var size = (int)Math.Min(maxPositions, Math.Max(SmallestTable, (long)System.Numerics.BitOperations.RoundUpToPowerOf2((ulong)length)));
            var tables = Compute(size);
            // Another thread may still read the smaller tables.
            if (_tables is { } smaller) _retired.AddRange([smaller.Cos, smaller.Sin]);
            _tables = tables;
            return tables;
        }
    }

    private Tables Compute(int size)
    {
        using var gradients = no_grad();
        using var scope = NewDisposeScope();
        var angles = arange(0, size, 1, float32, device).unsqueeze(1).mul(tensor(frequencies, device: device));
        var (cos, sin) = (angles.cos(), angles.sin());
        return new Tables(
            cat([cos, cos], -1).unsqueeze(1).DetachFromDisposeScope(),
            cat([sin.neg(), sin], -1).unsqueeze(1).DetachFromDisposeScope(),
            size);
    }

    public void Dispose()
    {
        foreach (var table in _retired) table.Dispose();
        _tables?.Cos.Dispose();
        _tables?.Sin.Dispose();
    }

    private sealed record Tables(Tensor Cos, Tensor Sin, int Length);
}

/// <summary>Cosines and signed sines of the positions of one forward pass, shared by its layers.</summary>
internal readonly record struct Rotation(Tensor Cos, Tensor Sin);
