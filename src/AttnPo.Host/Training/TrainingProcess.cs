using System.Diagnostics;

namespace AttnPo.Host.Training;

/// <summary>A run in a process of its own: this executable once more. It ends with the command that started it, unless that is itself killed.</summary>
internal sealed class TrainingProcess : IDisposable
{
    /// <summary>What a process that was killed by SIGKILL answers.</summary>
    public static readonly int Killed = OperatingSystem.IsWindows() ? -1 : 128 + 9;

    private readonly Process _process;
    private readonly Task<string> _output;
    private readonly Task<string> _error;

    private TrainingProcess(Process process)
    {
        _process = process;
        (_output, _error) = (process.StandardOutput.ReadToEndAsync(), process.StandardError.ReadToEndAsync());
    }

    /// <summary>Starts attnpo train with these arguments.</summary>
    public static TrainingProcess Start(IEnumerable<string> arguments) => new(Process.Start(
        new ProcessStartInfo(Environment.ProcessPath!, ["train", .. arguments]) { RedirectStandardOutput = true, RedirectStandardError = true })!);

    /// <summary>Whether it has ended.</summary>
    public bool HasEnded => _process.HasExited;

    /// <summary>Kills it as the system kills: nothing is cleaned up.</summary>
    public void Kill()
    {
        try
        {
            _process.Kill();
        }
        catch (InvalidOperationException)
        {
            // It has just ended by itself.
        }
    }

    /// <summary>Waits for its end; answers its exit code and the last line of its standard error.</summary>
    public async Task<(int Code, string Error)> EndAsync(CancellationToken cancellation)
    {
        await _process.WaitForExitAsync(cancellation);
        await _output;
        return (_process.ExitCode, (await _error).TrimEnd().Split('\n')[^1]);
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        if (!_process.HasExited) _process.Kill(entireProcessTree: true);
        _process.Dispose();
    }
}
