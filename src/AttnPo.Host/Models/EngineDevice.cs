using AttnPo.Gpu.Model;
using AttnPo.Host.Settings;
using TorchSharp;

namespace AttnPo.Host.Models;

/// <summary>Decides the device and the number of threads, before the engine's first use.</summary>
internal static class EngineDevice
{
    /// <summary>Sets the threads, and returns the device that the engine is to use.</summary>
    /// <param name="asked">cpu, cuda, cuda:N or auto.</param>
    /// <param name="threads">0: one for each core.</param>
    /// <exception cref="WorkFailedException">There is no such device.</exception>
    public static string Prepare(string asked, int threads)
    {
        EngineRuntime.Configure(threads);
        return Resolve(asked);
    }

    /// <summary>CUDA devices that this build and machine have.</summary>
    public static int CudaDevices => torch.cuda.is_available() ? torch.cuda.device_count() : 0;

    /// <summary>The device that a setting means on this machine.</summary>
    public static string Resolve(string asked)
    {
        if (SettingsSchema.Find("device")!.Read(new(asked, null, default)) is null)
            throw new SettingsException($"--device {asked}: expected {SettingsSchema.Find("device")!.Expected}");
        if (asked == "cpu") return "cpu";
        var count = CudaDevices;
        if (asked == "auto") return count > 0 ? "cuda:0" : "cpu";
        var index = asked == "cuda" ? 0 : int.Parse(asked["cuda:".Length..], System.Globalization.CultureInfo.InvariantCulture);
        return index < count
            ? $"cuda:{index}"
            : throw new WorkFailedException($"device {asked}: this build and machine have {count} CUDA device(s); use cpu or auto, and see attnpo doctor");
    }
}
