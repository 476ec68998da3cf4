using System.Runtime.InteropServices;

namespace AttnPo.Gpu.Generation.Processor;

/// <summary>Native memory for vectors, aligned to a cache line, zero at first.</summary>
internal sealed unsafe class FloatBuffer : IDisposable
{
    private const int Alignment = 64;

    private static long _live, _liveBytes;

    public FloatBuffer(long length)
    {
        Length = length;
        var bytes = checked((nuint)length * sizeof(float));
        Pointer = (float*)NativeMemory.AlignedAlloc(Math.Max(bytes, Alignment), Alignment);
        Interlocked.Increment(ref _live);
        Interlocked.Add(ref _liveBytes, (long)bytes);
        NativeMemory.Clear(Pointer, bytes);
    }

    ~FloatBuffer() => Free();

    /// <summary>Buffers of the process that hold memory, for those who look for leaks.</summary>
    public static long LiveCount => Interlocked.Read(ref _live);

    /// <summary>What they hold together.</summary>
    public static long LiveBytes => Interlocked.Read(ref _liveBytes);

    public float* Pointer { get; private set; }

    public long Length { get; }

    public void Dispose()
    {
        Free();
        GC.SuppressFinalize(this);
    }

    private void Free()
    {
        if (Pointer == null) return;
        NativeMemory.AlignedFree(Pointer);
        Interlocked.Decrement(ref _live);
        Interlocked.Add(ref _liveBytes, -Length * sizeof(float));
        Pointer = null;
    }
}
