using Microsoft.Win32.SafeHandles;

namespace AttnPo;

/// <summary>
/// Opens files from outside, of which only plain ones are meant. Opening a pipe waits for its other end for ever, and a device is read
/// without an end; so what a path leads to is looked at before it is opened. Compiled into each assembly that reads such files, since
/// they have no common one.
/// </summary>
internal static class PlainFile
{
    /// <summary>How a file starts that git-lfs has not replaced by its content.</summary>
    public static ReadOnlySpan<byte> PointerStart => "version https://git-lfs"u8;

    // As many as Linux follows.
    private const int MostLinks = 40;

    /// <summary>All of a file, which must not be longer than a bound.</summary>
    /// <exception cref="FileNotFoundException">There is none.</exception>
    /// <exception cref="InvalidDataException">It is longer, empty, no plain file, or cannot be read; the message names it.</exception>
    public static byte[] Read(string path, int most)
    {
        using var handle = Open(path);
        try
        {
            // The length that a file states may change: what counts is what is read.
            var stated = RandomAccess.GetLength(handle);
            if (stated > most) throw new InvalidDataException($"{path}: longer than {most} bytes: it has {stated} bytes.");
            var bytes = new byte[stated + 1];
            var count = 0;
            while (count < bytes.Length && RandomAccess.Read(handle, bytes.AsSpan(count), count) is > 0 and var read) count += read;
            if (count == bytes.Length)
                throw new InvalidDataException($"{path}: longer than the {stated} bytes that it had when it was opened.");
            if (bytes.AsSpan(0, count).StartsWith(PointerStart)) throw Pointer(path);
            return bytes[..count];
        }
        catch (Exception fault) when (fault is IOException or UnauthorizedAccessException)
        {
            throw new InvalidDataException($"{path}: cannot be read: {fault.Message}", fault);
        }
    }

    /// <summary>Opens a file that may be removed meanwhile, as a live run does with a checkpoint.</summary>
    /// <exception cref="FileNotFoundException">There is none.</exception>
    /// <exception cref="InvalidDataException">It is empty, no plain file, or cannot be read; the message names it.</exception>
    public static SafeFileHandle Open(string path)
    {
        try
        {
            var real = RealPath(path);
            // Pipes, sockets and devices state no length; .NET does not tell them from files in any other way before they are open.
            if (Directory.Exists(real) || new FileInfo(real) is { Exists: true, Length: 0 })
                throw new InvalidDataException($"{path}: is empty or no plain file.");
            if (!File.Exists(real)) throw new FileNotFoundException($"Could not find file '{path}'.", path);
            return File.OpenHandle(real, FileMode.Open, FileAccess.Read, FileShare.Read | FileShare.Delete);
        }
        catch (Exception fault) when (fault is UnauthorizedAccessException || (fault is IOException and not FileNotFoundException))
        {
            throw new InvalidDataException($"{path}: cannot be read: {fault.Message}", fault);
        }
    }

    /// <summary>Whether a path leads to something without content, or without an end: an empty file, a pipe, a device.</summary>
    public static bool IsEmpty(string path) => new FileInfo(RealPath(path)) is { Exists: true, Length: 0 };

    /// <summary>What is wrong with a file that git-lfs has not replaced by its content.</summary>
    public static InvalidDataException Pointer(string path) =>
        new($"{path}: is a git-lfs pointer, not the file itself; git lfs pull fetches the file.");

    // File.ResolveLinkTarget drops "x/.." by the letter, which is wrong where x is a link itself, as where a folder of Hugging Face's
    // cache, whose files are links to ../../blobs, is linked to from elsewhere.
    private static string RealPath(string path)
    {
        var full = Path.GetFullPath(path);
        var real = Path.GetPathRoot(full)!;
        var left = new Stack<string>();
        Push(full[real.Length..]);
        var links = 0;
        while (left.TryPop(out var part))
        {
            if (part == "..")
            {
                real = Path.GetDirectoryName(real) ?? real;
                continue;
            }
            var next = Path.Combine(real, part);
            if (new FileInfo(next).LinkTarget is not { } target)
            {
                real = next;
                continue;
            }
            if (++links > MostLinks) throw new InvalidDataException($"{path}: leads through more than {MostLinks} symbolic links.");
            var root = Path.IsPathFullyQualified(target) ? Path.GetPathRoot(target)! : "";
            if (root.Length > 0) real = root;
            Push(target[root.Length..]);
        }
        return real;

        void Push(string parts)
        {
            foreach (var part in parts.Split(Path.DirectorySeparatorChar, Path.AltDirectorySeparatorChar).Reverse())
                if (part is not ("" or ".")) left.Push(part);
        }
    }
}
