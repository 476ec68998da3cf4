using System.Runtime.InteropServices;
using AttnPo.Gpu.Model;
using static TorchSharp.torch;

namespace AttnPo.Gpu.Generation.Processor;

/// <summary>A row of a weight.</summary>
/// <param name="row">Its number.</param>
/// <param name="values">Valid during the call.</param>
internal delegate void RowReader(int row, ReadOnlySpan<float> values);

/// <summary>Weights as rows of 32-bit floats, whatever their type and wherever they lie; few rows exist beside them at a time.</summary>
internal sealed class WeightRows(IWeightSource source)
{
    private const long ElementsAtOnce = 1 << 22;

    /// <summary>Shows the rows of a matrix in their order.</summary>
    public void ForEach(string name, RowReader reader) => source.Read(name, weight =>
    {
        using var gradients = no_grad();
        var (rows, width) = (weight.size(0), weight.size(1));
        var together = Math.Max(1, ElementsAtOnce / width);
        for (long first = 0; first < rows; first += together)
        {
            using var scope = NewDisposeScope();
            var here = weight.narrow(0, first, Math.Min(together, rows - first)).to(float32).cpu().contiguous();
            var values = MemoryMarshal.Cast<byte, float>(here.bytes);
            for (var row = 0; row < here.size(0); row++) reader((int)first + row, values.Slice(row * (int)width, (int)width));
        }
    });

    /// <summary>Rows become outputs of a matrix, from one on.</summary>
    public void Fill(PackedMatrix matrix, int firstOutput, string name) =>
        ForEach(name, (row, values) => matrix.Set(firstOutput + row, 0, values));

    /// <summary>A vector becomes the beginning of a buffer.</summary>
    public unsafe void Copy(string name, FloatBuffer to) => All(name).CopyTo(new Span<float>(to.Pointer, checked((int)to.Length)));

    /// <summary>All of a vector.</summary>
    public float[] All(string name)
    {
        float[] all = [];
        source.Read(name, weight =>
        {
            using var gradients = no_grad();
            using var scope = NewDisposeScope();
            all = weight.to(float32).cpu().contiguous().data<float>().ToArray();
        });
        return all;
    }
}
