using AttnPo.Actors.Run;

namespace AttnPo.Host.Models;

/// <summary>
/// A folder that appears whole or not at all: filled aside in the same place, flushed to disk and renamed when committed, removed when
/// disposed before. A process that is killed leaves nothing under the name that was asked for.
/// </summary>
internal sealed class WholeFolder : IDisposable
{
    private readonly string _target;

    /// <summary>Makes the folder aside.</summary>
    /// <exception cref="WorkFailedException">What has the name already is not an empty folder, or it cannot be written there.</exception>
    public WholeFolder(string path)
    {
        _target = Path.TrimEndingDirectorySeparator(Path.GetFullPath(path));
        if (File.Exists(_target) || (Directory.Exists(_target) && Directory.EnumerateFileSystemEntries(_target).Any()))
            throw new WorkFailedException($"{path}: exists and is not empty; name a new folder");
        Aside = $"{_target}.{Environment.ProcessId}.part";
        try
        {
            Directory.CreateDirectory(Aside);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new WorkFailedException($"{path}: cannot be written: {e.Message}");
        }
    }

    /// <summary>Where its files go; each is to be flushed by who writes it.</summary>
    public string Aside { get; }

    /// <summary>Gives it its name.</summary>
    public void Commit()
    {
        DurableFile.FlushDirectory(Aside);
        if (Directory.Exists(_target)) Directory.Delete(_target);
        Directory.Move(Aside, _target);
        DurableFile.FlushDirectory(Path.GetDirectoryName(_target)!);
    }

    /// <summary>Takes back what was not committed.</summary>
    public void Dispose()
    {
        if (Directory.Exists(Aside)) Directory.Delete(Aside, recursive: true);
    }
}
