using System.Runtime.InteropServices;

namespace AttnPo.Gpu.Generation.Processor;

/// <summary>Native memory for vectors, aligned to a cache line, zero at first.</summary>
internal sealed unsafe class FloatBuffer : IDisposable
{
    private const int Alignment = 64;

    public FloatBuffer(long length)
    {
        Length = length;
        var bytes = checked((nuint)length * sizeof(float));
        Pointer = (float*)NativeMemory.AlignedAlloc(Math.Max(bytes, Alignment), Alignment);
        NativeMemory.Clear(Pointer, bytes);
    }

    ~FloatBuffer() => Free();

    public float* Pointer { get; private set; }

    public long Length { get; }

    public void Dispose()
    {
        Free();
        GC.SuppressFinalize(this);
    }

    private void Free()
    {
        NativeMemory.AlignedFree(Pointer);
        Pointer = null;
    }
}
