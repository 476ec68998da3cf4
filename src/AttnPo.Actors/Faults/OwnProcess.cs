using System.Diagnostics;
using System.Runtime.InteropServices;

namespace AttnPo.Actors.Faults;

/// <summary>The end of this process as a loss of power would have it.</summary>
internal static class OwnProcess
{
    private const int KilledExitCode = 128 + 9;

    /// <summary>Kills this process (SIGKILL, or TerminateProcess on Windows). Nothing runs after it: no finally block, no flush.</summary>
    public static void Kill()
    {
        using var self = Process.GetCurrentProcess();
        self.Kill();
        // Linux keeps the first process of a container from SIGKILL of its own.
        if (!OperatingSystem.IsWindows()) ExitAtOnce(KilledExitCode);
        Thread.Sleep(Timeout.Infinite);
    }

    [DllImport("libc", EntryPoint = "_exit")]
    private static extern void ExitAtOnce(int code);
}
