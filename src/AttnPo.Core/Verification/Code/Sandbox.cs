using System.Diagnostics;
using System.Security.Cryptography;
using System.Text;
using System.Text.RegularExpressions;

namespace AttnPo.Core.Verification.Code;

/// <summary>
/// Runs programs that a policy wrote, with the machine's python3. Isolated, a program sees the system's read-only /usr, a device folder
/// and an empty folder in memory; it has namespaces, a session and a user of its own, no network, no capability, no way to become
/// another, and whatever it started ends with it. Limits are set by harness.py before the program begins. Safe for many threads.
/// </summary>
public sealed partial class Sandbox
{
    private static readonly Lazy<Sandbox> Isolated = new(() => Tried(Bubblewrap.Find().ToList()));
    private static readonly Lazy<Sandbox> Bare = new(() => Tried([new("no isolation", [], IsIsolated: false, HasDisk: true)]));

    private static readonly Lazy<string> Harness = new(() =>
    {
        using var stream = typeof(Sandbox).Assembly.GetManifestResourceStream("AttnPo.Core.Verification.Code.harness.py")!;
        return new StreamReader(stream).ReadToEnd();
    });

    // Where the limit on processes counts those of others too, a program could begin none.
    private const string Probe =
        """
        import os, platform
        if os.fork() == 0: os._exit(0)
        os.wait()
        print(platform.python_version())
        """;

    private static readonly UTF8Encoding Utf8 = new(false);

    private readonly Enclosure _enclosure;
    private readonly string _python;

    private Sandbox(Enclosure enclosure, string python) => (_enclosure, _python) = (enclosure, python);

    /// <summary>What runs programs here, for people: "bubblewrap 0.8.0, python3 3.11.2".</summary>
    public string Description { get; private init; } = "";

    /// <summary>Whether a program has a folder to write to.</summary>
    internal bool HasDisk => _enclosure.HasDisk;

    /// <summary>The sandbox of this machine; a program is run to see that it works, once in a process.</summary>
    /// <exception cref="SandboxException">There is none; the message says what to do.</exception>
    public static Sandbox Open(Isolation isolation) => isolation == Isolation.Required ? Isolated.Value : Bare.Value;

    /// <summary>Runs a program to its end. Nothing of it is left.</summary>
    /// <exception cref="SandboxException">It could not be begun, or not be ended.</exception>
    internal ProgramRun Run(ProgramJob job, SandboxLimits limits)
    {
        var (program, test) = (Utf8.GetBytes(job.Program), Utf8.GetBytes(job.Test));
        var marker = RandomNumberGenerator.GetHexString(32);
        string[] arguments =
        [
            marker, _enclosure.IsIsolated ? "0" : "1", $"{Math.Ceiling(limits.Processor.TotalSeconds)}",
            $"{limits.Memory}", $"{limits.File}", $"{limits.OpenFiles}",
            _enclosure.IsIsolated ? $"{limits.Processes}" : "0", $"{limits.Stack}",
            job.Mode, $"{program.Length}", $"{test.Length}", job.Function,
        ];
        var folder = _enclosure.IsIsolated ? null : Directory.CreateTempSubdirectory("attnpo-program-").FullName;
        try
        {
            var clock = Stopwatch.StartNew();
            var ended = LimitedProcess.Run(
                Command(arguments, folder, limits), [.. program, .. test, .. Utf8.GetBytes(job.Input)], Utf8.GetBytes(marker),
                limits.Wall, limits.Output, isGroup: !_enclosure.IsIsolated);
            var error = Utf8.GetString(ended.Error);
            var begun = error.IndexOf(marker, StringComparison.Ordinal);
            if (begun < 0) throw NotBegun(error);
            error = error[(begun + marker.Length)..].TrimStart();
            return new ProgramRun(EndOf(ended, error, clock.Elapsed, limits), ended.ExitCode, Utf8.GetString(ended.Output), error);
        }
        finally
        {
            if (folder is not null) Delete(folder);
        }
    }

    private ProcessStartInfo Command(string[] arguments, string? folder, SandboxLimits limits)
    {
        string[] command = [.. _enclosure.Command(limits), _python, "-s", "-c", Harness.Value, .. arguments];
        var start = new ProcessStartInfo(command[0], command[1..]) { WorkingDirectory = folder ?? "/" };
        start.Environment.Clear();
        foreach (var (name, value) in Enclosure.Environment) start.Environment[name] = value;
        return start;
    }

    private static ProgramEnd EndOf(LimitedProcess.Ended ended, string error, TimeSpan elapsed, SandboxLimits limits)
    {
        const int Signal = 128, MostSignal = 64, SigKill = 9, SigXcpu = 24;
        if (ended.IsLate) return ProgramEnd.WallLimit;
        if (ended.IsTooMuch) return ProgramEnd.OutputLimit;
        if (ended.ExitCode == Signal + SigXcpu) return ProgramEnd.ProcessorLimit;
        // Who ignores the first signal of that limit gets the one that nobody can ignore.
        if (ended.ExitCode == Signal + SigKill && elapsed > limits.Processor) return ProgramEnd.ProcessorLimit;
        if (ended.ExitCode is > Signal and <= Signal + MostSignal) return ProgramEnd.Signal;
        return ended.ExitCode != 0 && MemoryError().IsMatch(error) ? ProgramEnd.MemoryLimit : ProgramEnd.Exited;
    }

    private static SandboxException NotBegun(string error)
    {
        var said = error.Trim() is { Length: > 0 } text ? text.ReplaceLineEndings("; ") : "it said nothing";
        return new($"Python could not be begun in the sandbox: {said}");
    }

    // What a program left so that it cannot be deleted is no failure of the verification.
    private static void Delete(string folder)
    {
        try
        {
            Directory.Delete(folder, recursive: true);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
        }
    }

    /// <summary>The first enclosure in which a program runs and may begin a process.</summary>
    private static Sandbox Tried(IReadOnlyList<Enclosure> enclosures)
    {
        if (!OperatingSystem.IsLinux()) throw new SandboxException("Programs can be run and judged on Linux alone.");
        var python = SystemProgram.Find("python3")
            ?? throw new SandboxException(
                "There is no python3 in /usr/bin or /usr/local/bin: install it (Debian, Ubuntu: apt-get install python3).");
        var why = "";
        foreach (var enclosure in enclosures)
        {
            try
            {
                var run = new Sandbox(enclosure, python).Run(ProgramJob.Whole(Probe, ""), new SandboxLimits());
                if (run is { End: ProgramEnd.Exited, ExitCode: 0 })
                    return new(enclosure, python) { Description = $"{enclosure.Name}, python3 {run.Output.Trim()}" };
                why = run.ErrorTail.Trim().ReplaceLineEndings("; ");
            }
            catch (SandboxException e)
            {
                why = e.Message;
            }
        }
        var last = enclosures[^1];
        throw new SandboxException($"{last.Name} does not work here: {why.TrimEnd('.')}. {last.Remedy}".TrimEnd());
    }

    [GeneratedRegex(@"^[\w.]*MemoryError\b.*\s*\z", RegexOptions.Multiline)]
    private static partial Regex MemoryError();
}
