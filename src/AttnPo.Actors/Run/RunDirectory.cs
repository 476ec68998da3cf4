using AttnPo.Actors.Protocol;

namespace AttnPo.Actors.Run;

/// <summary>A run's directory while a process runs in it: held, so that no second process can, and named for its journal.</summary>
internal sealed class RunDirectory : IDisposable
{
    /// <summary>The file that holds the run's name.</summary>
    public const string NameFile = "run.id";

    private const string LockName = "run.lock";

    private readonly FileStream _lock;

    private RunDirectory(FileStream held, RunId run) => (_lock, Run) = (held, run);

    /// <summary>The run's name, given to the directory when it was first used.</summary>
    public RunId Run { get; }

    /// <exception cref="IOException">It cannot be used, or another process runs in it.</exception>
    public static RunDirectory Open(string path)
    {
        Directory.CreateDirectory(path);
        for (var tries = 0; ; tries++)
        {
            try
            {
                // The system lets go of the lock however the process ends.
                var held = new FileStream(Path.Combine(path, LockName), FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None);
                return new RunDirectory(held, ReadOrMakeName(Path.Combine(path, NameFile)));
            }
            catch (IOException) when (tries < 5 && IsHeld(path))
            {
                // Whoever only looks whether it is held holds it for a moment.
                Thread.Sleep(TimeSpan.FromMilliseconds(50));
            }
            catch (IOException fault) when (IsHeld(path))
            {
                throw new IOException($"{path} is in use: another process runs in it. Wait for its end, or choose another directory.", fault);
            }
        }
    }

    /// <summary>Whether a process holds it.</summary>
    public static bool IsHeld(string path)
    {
        try
        {
            using var look = new FileStream(Path.Combine(path, LockName), FileMode.Open, FileAccess.Read, FileShare.Read);
            return false;
        }
        catch (Exception fault) when (fault is FileNotFoundException or DirectoryNotFoundException)
        {
            return false;
        }
        catch (IOException)
        {
            return true;
        }
    }

    /// <inheritdoc/>
    public void Dispose() => _lock.Dispose();

    private static RunId ReadOrMakeName(string file)
    {
        if (!File.Exists(file))
        {
            var aside = file + ".tmp";
            File.WriteAllText(aside, Guid.NewGuid().ToString("N")[..12]);
            DurableFile.Publish(aside, file);
        }
        return new RunId(File.ReadAllText(file).Trim());
    }
}
