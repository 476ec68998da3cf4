using System.Diagnostics;
using System.Globalization;
using AttnPo.Actors.Run;

namespace AttnPo.Host.Models;

/// <summary>
/// A folder that appears whole or not at all: filled aside in the same place, flushed to disk and renamed when committed, removed when
/// disposed before. A process that is killed leaves nothing under the name that was asked for, and
/// what it left beside it the next one for that name removes.
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
        Aside = AsideOf(Environment.ProcessId.ToString(CultureInfo.InvariantCulture));
        try
        {
            RemoveLeftOvers();
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

    private string AsideOf(string process) => $"{_target}.{process}.part";

    /// <summary>A process that was killed here left gigabytes; nobody knows of them but the next that comes for the same name.</summary>
    private void RemoveLeftOvers()
    {
        var parent = Path.GetDirectoryName(_target)!;
        if (!Directory.Exists(parent)) return;
        foreach (var folder in Directory.EnumerateDirectories(parent, Path.GetFileName(AsideOf("*"))))
        {
            var process = folder[(_target.Length + 1)..^".part".Length];
            if (int.TryParse(process, NumberStyles.None, CultureInfo.InvariantCulture, out var id) && (id == Environment.ProcessId || !IsAlive(id)))
                Directory.Delete(folder, recursive: true);
        }
    }

    private static bool IsAlive(int id)
    {
        try
        {
            using var process = Process.GetProcessById(id);
            return true;
        }
        catch (ArgumentException)
        {
            return false;
        }
    }

    /// <summary>Takes back what was not committed.</summary>
    public void Dispose()
    {
        if (Directory.Exists(Aside)) Directory.Delete(Aside, recursive: true);
    }
}
