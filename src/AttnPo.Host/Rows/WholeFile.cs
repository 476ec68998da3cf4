namespace AttnPo.Host.Rows;

/// <summary>
/// A file that appears whole or not at all: written aside in the same folder, flushed to disk and renamed when committed,
/// deleted when disposed before. "-" is standard output, which gets the content when it is committed.
/// </summary>
internal sealed class WholeFile : IDisposable
{
    private static readonly string[] SystemFolders = ["/dev/", "/proc/", "/sys/"];

    private readonly string? _path;
    private readonly string? _aside;
    private bool _committed;

    /// <summary>Opens the file aside; a folder that cannot be written fails here, before any work.</summary>
    public WholeFile(string path)
    {
        if (path == "-")
        {
            var spool = Path.Combine(Path.GetTempPath(), $"attnpo-{Guid.NewGuid():N}.part");
            Stream = new FileStream(spool, FileMode.CreateNew, FileAccess.ReadWrite, FileShare.None, 1 << 16, FileOptions.DeleteOnClose);
            return;
        }

        _path = Path.GetFullPath(path);
        // A link stays one: what it points to is replaced.
        if (new FileInfo(_path) is { LinkTarget: not null } link && link.ResolveLinkTarget(returnFinalTarget: true) is { } target) _path = target.FullName;
        // A rename would put a file in the place of the device itself.
        if (SystemFolders.Any(folder => _path.StartsWith(folder, StringComparison.Ordinal)))
            throw new WorkFailedException($"{path}: is no plain file; name one, or - for standard output");
        _aside = $"{_path}.{Environment.ProcessId}.part";
        try
        {
            if (Directory.Exists(_path)) throw new WorkFailedException($"{path}: is a folder; name a file");
            Directory.CreateDirectory(Path.GetDirectoryName(_path)!);
            Stream = new FileStream(_aside, FileMode.Create, FileAccess.Write, FileShare.None, 1 << 16);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new WorkFailedException($"{path}: cannot be written: {e.Message}");
        }
    }

    /// <summary>Where the content goes.</summary>
    public FileStream Stream { get; }

    /// <summary>Makes the file visible under its name; an older one is replaced or, without <paramref name="replace"/>, stays.</summary>
    /// <exception cref="IOException">There is an older one that must stay.</exception>
    public void Commit(bool replace = true)
    {
        if (_aside is null)
        {
            Stream.Position = 0;
            using var output = Console.OpenStandardOutput();
            Stream.CopyTo(output);
        }
        else
        {
            Stream.Flush(flushToDisk: true);
        }

        Stream.Dispose();
        if (_aside is not null) File.Move(_aside, _path!, overwrite: replace);
        _committed = true;
    }

    /// <summary>Takes back what was not committed.</summary>
    public void Dispose()
    {
        if (_committed) return;
        Stream.Dispose();
        if (_aside is not null) File.Delete(_aside);
    }
}
