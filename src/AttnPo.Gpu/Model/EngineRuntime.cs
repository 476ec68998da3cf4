using System.Runtime.InteropServices;
using static TorchSharp.torch;

namespace AttnPo.Gpu.Model;

/// <summary>
/// Settings of the native libraries that hold for the whole process. TorchSharp cannot ask for deterministic algorithms; the
/// operations used here have no other on the processor.
/// </summary>
public static partial class EngineRuntime
{
    private const int TrimThreshold = -1;
    private const int MmapMaximum = -4;
    private const int ArenaMaximum = -8;

    private static readonly Lock Once = new();
    private static int _configured;

    /// <summary>
    /// To be called before the engine's first use. The number of threads is part of what makes results reproducible: the same
    /// number gives the same bits. A second call with the same number does nothing.
    /// </summary>
    /// <param name="threads">Threads of one operation; 0: as many as there are processors.</param>
    /// <exception cref="InvalidOperationException">The process already runs with another number.</exception>
    public static void Configure(int threads)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(threads);
        if (threads == 0) threads = Environment.ProcessorCount;
        lock (Once)
        {
            if (_configured == threads) return;
            if (_configured != 0)
                throw new InvalidOperationException($"the engine already runs with {_configured} threads; {threads} were asked for");
            if (OperatingSystem.IsLinux()) PrepareNativeLibraries();
            set_num_threads(threads);
            _configured = threads;
        }
    }

    private static void PrepareNativeLibraries()
    {
        try
        {
            // Large tensors come and go with every step. By default glibc gives their memory back each time, and the fresh pages
            // cost more than the arithmetic on them; here it is kept.
            _ = SetMallocOption(MmapMaximum, 0);
            _ = SetMallocOption(TrimThreshold, -1);
            // Only the first arena holds large blocks; another thread's would ask the system for each.
            _ = SetMallocOption(ArenaMaximum, 1);
            // Threads that wait for each other spin by default, which takes the processor from whoever has work as soon as two
            // stages compute at once. Read when the library is loaded; a value from outside stays.
            _ = SetEnvironmentVariable("OMP_WAIT_POLICY", "PASSIVE", overwrite: 0);
        }
        catch (Exception e) when (e is EntryPointNotFoundException or DllNotFoundException)
        {
            // Another C library than glibc: nothing but time is lost.
        }
    }

    [LibraryImport("libc.so.6", EntryPoint = "mallopt")]
    private static partial int SetMallocOption(int option, int value);

    [LibraryImport("libc.so.6", EntryPoint = "setenv", StringMarshalling = StringMarshalling.Utf8)]
    private static partial int SetEnvironmentVariable(string name, string value, int overwrite);
}
