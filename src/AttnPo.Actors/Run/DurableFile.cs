using System.ComponentModel;
using System.Runtime.InteropServices;
using System.Security.Cryptography;

namespace AttnPo.Actors.Run;

/// <summary>Files that survive a loss of power: flushed before they get the name under which they are looked for.</summary>
public static class DurableFile
{
    /// <summary>Flushes a file's content to disk and takes its SHA-256.</summary>
    public static CheckpointFile FlushAndHash(string path)
    {
        using var file = new FileStream(path, FileMode.Open, FileAccess.ReadWrite, FileShare.Read);
        file.Flush(flushToDisk: true);
        return new CheckpointFile(Path.GetFileName(path), file.Length, Hash(file));
    }

    /// <summary>SHA-256 in lower-case hexadecimal.</summary>
    public static string Hash(Stream content) => Convert.ToHexStringLower(SHA256.HashData(content));

    /// <summary>Gives a flushed file its name, in place of what bore it.</summary>
    public static void Publish(string aside, string path)
    {
        using (var file = new FileStream(aside, FileMode.Open, FileAccess.ReadWrite, FileShare.Read)) file.Flush(flushToDisk: true);
        File.Move(aside, path, overwrite: true);
        FlushDirectory(Path.GetDirectoryName(path)!);
    }

    /// <summary>Makes sure of a directory, and that it is still there after a loss of power.</summary>
    public static void CreateDirectory(string path)
    {
        Directory.CreateDirectory(path);
        FlushDirectory(Path.GetDirectoryName(Path.GetFullPath(path))!);
    }

    /// <summary>Flushes names: a rename is lasting only when the directory that holds it is on disk. Windows does so by itself.</summary>
    public static void FlushDirectory(string directory)
    {
        if (OperatingSystem.IsWindows()) return;
        var descriptor = OpenDirectory(directory, 0);
        if (descriptor < 0) throw Failure("open", directory);
        try
        {
            if (Flush(descriptor) != 0) throw Failure("flush", directory);
        }
        finally
        {
            _ = Close(descriptor);
        }
    }

    private static IOException Failure(string what, string directory)
    {
        var cause = new Win32Exception(Marshal.GetLastPInvokeError());
        return new IOException($"Could not {what} directory {directory}: {cause.Message}", cause);
    }

    // .NET opens no directories, so their flush needs the system's own calls.
    [DllImport("libc", EntryPoint = "open", SetLastError = true)]
    private static extern int OpenDirectory([MarshalAs(UnmanagedType.LPUTF8Str)] string path, int flags);

    [DllImport("libc", EntryPoint = "fsync", SetLastError = true)]
    private static extern int Flush(int descriptor);

    [DllImport("libc", EntryPoint = "close", SetLastError = true)]
    private static extern int Close(int descriptor);
}
