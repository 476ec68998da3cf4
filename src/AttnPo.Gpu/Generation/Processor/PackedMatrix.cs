using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace AttnPo.Gpu.Generation.Processor;

/// <summary>
/// A weight matrix laid out for products with few rows: panels of 32 outputs, in each the weights of one input side by side, so
/// that a panel stays in the nearest cache while all rows pass by. Outputs are padded with zero weights to whole panels.
/// Products are computed in 32-bit floats whatever the format of the weights.
/// A row's product has the same bits whatever rows are computed with it.
/// </summary>
internal sealed unsafe class PackedMatrix : IDisposable
{
    /// <summary>Outputs of a panel: two vectors.</summary>
    public const int PanelWidth = 2 * Lanes;

    /// <summary>Rows of a full tile. Operands must be readable, and the result writable, up to whole half tiles.</summary>
    public const int TileRows = 8;

    private const int Lanes = 16;

    private readonly NumberFormat _format;
    private readonly FloatBuffer _panels;

    public PackedMatrix(int outputs, int inputs, NumberFormat format = NumberFormat.Float32)
    {
        (Outputs, Inputs, _format) = (Padded(outputs), inputs, format);
        _panels = new FloatBuffer((long)Outputs / PanelWidth * inputs * RowBytes / sizeof(float));
    }

    /// <summary>Outputs, padded to whole panels.</summary>
    public int Outputs { get; }

    public int Inputs { get; }

    private int RowBytes => _format == NumberFormat.BFloat16 ? BFloatPanel.RowBytes : FloatPanel.RowBytes;

    public static int Padded(int size) => (size + PanelWidth - 1) / PanelWidth * PanelWidth;

    /// <summary>Sets weights of one output from an input on, rounded to the format.</summary>
    public void Set(int output, int firstInput, ReadOnlySpan<float> weights)
    {
        if (_format == NumberFormat.BFloat16) Set<BFloatPanel>(output, firstInput, weights);
        else Set<FloatPanel>(output, firstInput, weights);
    }

    /// <summary>Reads all weights of one output.</summary>
    public void Get(int output, Span<float> weights)
    {
        if (_format == NumberFormat.BFloat16) Get<BFloatPanel>(output, weights);
        else Get<FloatPanel>(output, weights);
    }

    /// <summary>result = start + rows x weights, where start is the result itself, or the bias, or 0.</summary>
    /// <param name="rows">Row-major operands.</param>
    /// <param name="stride">Distance of the operands' rows.</param>
    /// <param name="count">Number of rows.</param>
    /// <param name="result">Row-major, rows <see cref="Outputs"/> apart.</param>
    /// <param name="bias">One number for each output, or null.</param>
    /// <param name="accumulate">Add to what the result holds.</param>
    public void Multiply(float* rows, int stride, int count, float* result, float* bias = null, bool accumulate = false)
    {
        if (_format == NumberFormat.BFloat16) Multiply<BFloatPanel>(rows, stride, count, result, bias, accumulate);
        else Multiply<FloatPanel>(rows, stride, count, result, bias, accumulate);
    }

    public void Dispose() => _panels.Dispose();

    private byte* Panel<TPanel>(int output) where TPanel : IPanelFormat =>
        (byte*)_panels.Pointer + (long)(output / PanelWidth) * Inputs * TPanel.RowBytes;

    private void Set<TPanel>(int output, int firstInput, ReadOnlySpan<float> weights) where TPanel : IPanelFormat
    {
        var row = Panel<TPanel>(output) + (long)firstInput * TPanel.RowBytes;
        for (var i = 0; i < weights.Length; i++) TPanel.Set(row + (long)i * TPanel.RowBytes, output % PanelWidth, weights[i]);
    }

    private void Get<TPanel>(int output, Span<float> weights) where TPanel : IPanelFormat
    {
        var row = Panel<TPanel>(output);
        for (var i = 0; i < Inputs; i++) weights[i] = TPanel.Get(row + (long)i * TPanel.RowBytes, output % PanelWidth);
    }

    private void Multiply<TPanel>(float* rows, int stride, int count, float* result, float* bias, bool accumulate)
        where TPanel : IPanelFormat
    {
        for (var output = 0; output < Outputs; output += PanelWidth)
        {
            var panel = Panel<TPanel>(output);
            var start = bias is null ? null : bias + output;
            for (var row = 0; row < count; row += TileRows)
            {
                var from = rows + (long)row * stride;
                var to = result + (long)row * Outputs + output;
                if (count - row > TileRows / 2) EightRows<TPanel>(from, stride, panel, to, start, accumulate);
                else FourRows<TPanel>(from, stride, panel, to, start, accumulate);
            }
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private void EightRows<TPanel>(float* a, int stride, byte* panel, float* c, float* bias, bool accumulate)
        where TPanel : IPanelFormat
    {
        float* a0 = a, a1 = a0 + stride, a2 = a1 + stride, a3 = a2 + stride;
        float* a4 = a3 + stride, a5 = a4 + stride, a6 = a5 + stride, a7 = a6 + stride;
        long n = Outputs;
        Vector512<float> c00, c01, c10, c11, c20, c21, c30, c31, c40, c41, c50, c51, c60, c61, c70, c71;
        if (accumulate)
        {
            (c00, c01) = (Vector512.Load(c), Vector512.Load(c + Lanes));
            (c10, c11) = (Vector512.Load(c + n), Vector512.Load(c + n + Lanes));
            (c20, c21) = (Vector512.Load(c + 2 * n), Vector512.Load(c + 2 * n + Lanes));
            (c30, c31) = (Vector512.Load(c + 3 * n), Vector512.Load(c + 3 * n + Lanes));
            (c40, c41) = (Vector512.Load(c + 4 * n), Vector512.Load(c + 4 * n + Lanes));
            (c50, c51) = (Vector512.Load(c + 5 * n), Vector512.Load(c + 5 * n + Lanes));
            (c60, c61) = (Vector512.Load(c + 6 * n), Vector512.Load(c + 6 * n + Lanes));
            (c70, c71) = (Vector512.Load(c + 7 * n), Vector512.Load(c + 7 * n + Lanes));
        }
        else
        {
            c00 = c10 = c20 = c30 = c40 = c50 = c60 = c70 = bias is null ? default : Vector512.Load(bias);
            c01 = c11 = c21 = c31 = c41 = c51 = c61 = c71 = bias is null ? default : Vector512.Load(bias + Lanes);
        }
        for (var k = 0; k < Inputs; k++)
        {
            var (b0, b1) = (TPanel.Low(panel), TPanel.High(panel));
            panel += TPanel.RowBytes;
            var v = Vector512.Create(a0[k]);
            c00 = Vector512.FusedMultiplyAdd(v, b0, c00);
            c01 = Vector512.FusedMultiplyAdd(v, b1, c01);
            v = Vector512.Create(a1[k]);
            c10 = Vector512.FusedMultiplyAdd(v, b0, c10);
            c11 = Vector512.FusedMultiplyAdd(v, b1, c11);
            v = Vector512.Create(a2[k]);
            c20 = Vector512.FusedMultiplyAdd(v, b0, c20);
            c21 = Vector512.FusedMultiplyAdd(v, b1, c21);
            v = Vector512.Create(a3[k]);
            c30 = Vector512.FusedMultiplyAdd(v, b0, c30);
            c31 = Vector512.FusedMultiplyAdd(v, b1, c31);
            v = Vector512.Create(a4[k]);
            c40 = Vector512.FusedMultiplyAdd(v, b0, c40);
            c41 = Vector512.FusedMultiplyAdd(v, b1, c41);
            v = Vector512.Create(a5[k]);
            c50 = Vector512.FusedMultiplyAdd(v, b0, c50);
            c51 = Vector512.FusedMultiplyAdd(v, b1, c51);
            v = Vector512.Create(a6[k]);
            c60 = Vector512.FusedMultiplyAdd(v, b0, c60);
            c61 = Vector512.FusedMultiplyAdd(v, b1, c61);
            v = Vector512.Create(a7[k]);
            c70 = Vector512.FusedMultiplyAdd(v, b0, c70);
            c71 = Vector512.FusedMultiplyAdd(v, b1, c71);
        }
        Store(c, c00, c01);
        Store(c + n, c10, c11);
        Store(c + 2 * n, c20, c21);
        Store(c + 3 * n, c30, c31);
        Store(c + 4 * n, c40, c41);
        Store(c + 5 * n, c50, c51);
        Store(c + 6 * n, c60, c61);
        Store(c + 7 * n, c70, c71);
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private void FourRows<TPanel>(float* a, int stride, byte* panel, float* c, float* bias, bool accumulate)
        where TPanel : IPanelFormat
    {
        float* a0 = a, a1 = a0 + stride, a2 = a1 + stride, a3 = a2 + stride;
        long n = Outputs;
        Vector512<float> c00, c01, c10, c11, c20, c21, c30, c31;
        if (accumulate)
        {
            (c00, c01) = (Vector512.Load(c), Vector512.Load(c + Lanes));
            (c10, c11) = (Vector512.Load(c + n), Vector512.Load(c + n + Lanes));
            (c20, c21) = (Vector512.Load(c + 2 * n), Vector512.Load(c + 2 * n + Lanes));
            (c30, c31) = (Vector512.Load(c + 3 * n), Vector512.Load(c + 3 * n + Lanes));
        }
        else
        {
            c00 = c10 = c20 = c30 = bias is null ? default : Vector512.Load(bias);
            c01 = c11 = c21 = c31 = bias is null ? default : Vector512.Load(bias + Lanes);
        }
        for (var k = 0; k < Inputs; k++)
        {
            var (b0, b1) = (TPanel.Low(panel), TPanel.High(panel));
            panel += TPanel.RowBytes;
            var v = Vector512.Create(a0[k]);
            c00 = Vector512.FusedMultiplyAdd(v, b0, c00);
            c01 = Vector512.FusedMultiplyAdd(v, b1, c01);
            v = Vector512.Create(a1[k]);
            c10 = Vector512.FusedMultiplyAdd(v, b0, c10);
            c11 = Vector512.FusedMultiplyAdd(v, b1, c11);
            v = Vector512.Create(a2[k]);
            c20 = Vector512.FusedMultiplyAdd(v, b0, c20);
            c21 = Vector512.FusedMultiplyAdd(v, b1, c21);
            v = Vector512.Create(a3[k]);
            c30 = Vector512.FusedMultiplyAdd(v, b0, c30);
            c31 = Vector512.FusedMultiplyAdd(v, b1, c31);
        }
        Store(c, c00, c01);
        Store(c + n, c10, c11);
        Store(c + 2 * n, c20, c21);
        Store(c + 3 * n, c30, c31);
    }

    private static void Store(float* to, Vector512<float> low, Vector512<float> high)
    {
        low.Store(to);
        high.Store(to + Lanes);
    }
}
