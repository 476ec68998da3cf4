using System.Diagnostics;

namespace AttnPo.EndToEnd.Tests;

/// <summary>The real executable, as the build of this configuration left it.</summary>
internal static class Executable
{
    /// <summary>Far beyond what any of these commands takes: a test that hangs ends with a message instead of never.</summary>
    public static readonly TimeSpan Patience = TimeSpan.FromMinutes(5);

    private static readonly string Path = Find();

    /// <summary>What a process that was killed, by itself or by another, answers: 128 + SIGKILL.</summary>
    public static readonly int Killed = OperatingSystem.IsWindows() ? -1 : 128 + 9;

    public static Process Start(params string[] args) => Start(new Dictionary<string, string>(), args);

    public static Process Start(IReadOnlyDictionary<string, string> environment, params string[] args)
    {
        var start = new ProcessStartInfo(Path, args) { RedirectStandardOutput = true, RedirectStandardError = true };
        foreach (var (name, value) in environment) start.Environment[name] = value;
        return Process.Start(start)!;
    }

    public static async Task<(int Code, string Output, string Error)> RunAsync(params string[] args)
    {
        using var process = Start(args);
        return await EndAsync(process);
    }

    /// <summary>Runs it by another program, whose own command comes first.</summary>
    public static async Task<(int Code, string Output, string Error)> RunUnderAsync(string[] front, params string[] args)
    {
        using var process = Process.Start(
            new ProcessStartInfo(front[0], [.. front[1..], Path, .. args]) { RedirectStandardOutput = true, RedirectStandardError = true })!;
        return await EndAsync(process);
    }

    /// <summary>Runs it and expects that it does what it is told; its output.</summary>
    public static async Task<string> DoneAsync(params string[] args)
    {
        var (code, output, error) = await RunAsync(args);
        if (code != 0) throw new InvalidOperationException($"attnpo {string.Join(' ', args)} ended with {code}: {error}");
        return output;
    }

    public static async Task<(int Code, string Output, string Error)> EndAsync(Process process)
    {
        using var limit = new CancellationTokenSource(Patience);
        try
        {
            var output = process.StandardOutput.ReadToEndAsync(limit.Token);
            var error = process.StandardError.ReadToEndAsync(limit.Token);
            await process.WaitForExitAsync(limit.Token);
            return (process.ExitCode, await output, await error);
        }
        finally
        {
            if (!process.HasExited) process.Kill(entireProcessTree: true);
        }
    }

    private static string Find()
    {
        var output = new DirectoryInfo(AppContext.BaseDirectory);
        var root = output;
        while (root is not null && !File.Exists(System.IO.Path.Combine(root.FullName, "AttnPo.sln"))) root = root.Parent;
        if (root is null) throw new DirectoryNotFoundException($"No AttnPo.sln above {output.FullName}.");
        return System.IO.Path.Combine(
            root.FullName, "src", "AttnPo.Host", "bin", output.Parent!.Name, output.Name, OperatingSystem.IsWindows() ? "attnpo.exe" : "attnpo");
    }
}
