using System.ComponentModel;

namespace AttnPo.Actors.Faults;

/// <summary>What faults do to files. Where a folder is named, its largest file is meant; of equal ones the first by name.</summary>
internal static class FileDamage
{
    // ENOSPC of Linux and macOS, ERROR_DISK_FULL of Windows.
    private static readonly int DiskFull = OperatingSystem.IsWindows() ? 112 : 28;

    /// <summary>Makes the byte in the middle of a file another one. The file keeps its length; an empty one gets a byte.</summary>
    /// <exception cref="FileNotFoundException">There is no file.</exception>
    public static void Corrupt(string path)
    {
        var name = FileAt(path) ?? throw new FileNotFoundException($"There is no file to corrupt at {path}.", path);
        using var file = new FileStream(name, FileMode.Open, FileAccess.ReadWrite, FileShare.ReadWrite);
        var middle = file.Length / 2;
        file.Position = middle;
        var changed = (byte)~Math.Max(0, file.ReadByte());
        file.Position = middle;
        file.WriteByte(changed);
    }

    /// <summary>Cuts off the second half of a file, if there is one, and gives what the system throws on a full disk.</summary>
    public static IOException FillDisk(string? path)
    {
        var name = path is null ? null : FileAt(path);
        if (name is not null)
        {
            using var file = new FileStream(name, FileMode.Open, FileAccess.Write, FileShare.ReadWrite);
            file.SetLength(file.Length / 2);
        }

        var text = new Win32Exception(DiskFull).Message;
        var message = path is null ? text : $"{text} : '{name ?? path}'";
        return new IOException(message, OperatingSystem.IsWindows() ? unchecked((int)0x80070070) : DiskFull);
    }

    private static string? FileAt(string path) =>
        File.Exists(path) ? path
        : Directory.Exists(path)
            ? Directory.EnumerateFiles(path, "*", SearchOption.AllDirectories)
                .Order(StringComparer.Ordinal).MaxBy(file => new FileInfo(file).Length)
        : null;
}
