using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace AttnPo.Gpu.Generation.Processor;

/// <summary>How a panel holds the weights of one input, a row of 32, and how a product reads them.</summary>
internal unsafe interface IPanelFormat
{
    /// <summary>Size of a row.</summary>
    static abstract int RowBytes { get; }

    /// <summary>The weights of the first half of the outputs.</summary>
    static abstract Vector512<float> Low(byte* row);

    /// <summary>The weights of the second half.</summary>
    static abstract Vector512<float> High(byte* row);

    /// <summary>Writes one weight, rounded to what the format can hold.</summary>
    static abstract void Set(byte* row, int output, float weight);

    /// <summary>Reads one weight.</summary>
    static abstract float Get(byte* row, int output);
}

/// <summary>32-bit floats side by side.</summary>
internal readonly unsafe struct FloatPanel : IPanelFormat
{
    public static int RowBytes => PackedMatrix.PanelWidth * sizeof(float);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector512<float> Low(byte* row) => Vector512.Load((float*)row);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector512<float> High(byte* row) => Vector512.Load((float*)row + Vector512<float>.Count);

    public static void Set(byte* row, int output, float weight) => ((float*)row)[output] = weight;

    public static float Get(byte* row, int output) => ((float*)row)[output];
}

/// <summary>
/// bfloat16 in pairs: a 32-bit lane holds an output of the first half below one of the second, so that one operation makes a
/// vector of floats of either.
/// </summary>
internal readonly unsafe struct BFloatPanel : IPanelFormat
{
    private const int Half = PackedMatrix.PanelWidth / 2;

    public static int RowBytes => PackedMatrix.PanelWidth * sizeof(ushort);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector512<float> Low(byte* row) => Vector512.ShiftLeft(Vector512.Load((uint*)row), 16).AsSingle();

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector512<float> High(byte* row) => (Vector512.Load((uint*)row) & Vector512.Create(0xFFFF0000)).AsSingle();

    public static void Set(byte* row, int output, float weight) => ((ushort*)row)[Place(output)] = Bits(weight);

    public static float Get(byte* row, int output) => BitConverter.UInt32BitsToSingle((uint)((ushort*)row)[Place(output)] << 16);

    /// <summary>The nearest, of two equally near the even one.</summary>
    internal static ushort Bits(float value)
    {
        var bits = BitConverter.SingleToUInt32Bits(value);
        // Rounding could carry the payload of what is not a number away.
        if (float.IsNaN(value)) return (ushort)(bits >> 16 | 0x40);
        return (ushort)((bits + 0x7FFF + (bits >> 16 & 1)) >> 16);
    }

    private static int Place(int output) => output < Half ? 2 * output : 2 * (output - Half) + 1;
}
