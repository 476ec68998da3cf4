using System.Diagnostics;
using System.Runtime.InteropServices;

namespace AttnPo.Core.Verification.Code;

/// <summary>
/// One process, from start to end: given its input, read whatever it does, ended at the limits on time and output, killed and reaped
/// in any case. All on the calling thread and threads of its own, because bubblewrap ends with the thread that started it.
/// </summary>
internal static class LimitedProcess
{
    private const int ErrorHead = 4096, ErrorTail = 4096;
    private const int SigKill = 9;

    // How soon too much output is noticed.
    private static readonly TimeSpan Glance = TimeSpan.FromMilliseconds(20);

    // bubblewrap takes a moment to tie its processes together, and would leave them if it were killed within it: nothing is killed that
    // has not begun, but for a system in trouble. If this process itself is killed within it, what is left has got nothing of the input.
    private static readonly TimeSpan BeginPatience = TimeSpan.FromSeconds(20);

    // A killed process ends at once, unless the system is in trouble.
    private static readonly TimeSpan EndPatience = TimeSpan.FromSeconds(20);

    // For what a process without isolation may have left behind, which holds the pipes as long as it likes.
    private static readonly TimeSpan LeftoverPatience = TimeSpan.FromMilliseconds(500);

    /// <summary>How a process ended.</summary>
    /// <param name="IsLate">It was killed at the limit on time.</param>
    /// <param name="IsTooMuch">It was killed, or has ended, with more output than is kept.</param>
    /// <param name="ExitCode">Its own, or 128 and the number of the signal that ended it.</param>
    /// <param name="Output">Standard output up to the limit.</param>
    /// <param name="Error">The first and the last of standard error.</param>
    public readonly record struct Ended(bool IsLate, bool IsTooMuch, int ExitCode, byte[] Output, byte[] Error);

    /// <summary>Runs a process.</summary>
    /// <param name="start">Its command, with nothing redirected yet.</param>
    /// <param name="input">Its standard input, given when it has begun.</param>
    /// <param name="marker">What it writes to standard error when it begins; empty: it has begun when it has started.</param>
    /// <param name="wall">Time it may take from then.</param>
    /// <param name="output">Bytes of standard output that are kept; more ends it.</param>
    /// <param name="isGroup">Whether it leads a process group, which ends with it; else all that it starts ends with it by itself.</param>
    /// <exception cref="SandboxException">It could not be started, or not be ended.</exception>
    public static Ended Run(ProcessStartInfo start, byte[] input, byte[] marker, TimeSpan wall, int output, bool isGroup)
    {
        (start.RedirectStandardInput, start.RedirectStandardOutput, start.RedirectStandardError) = (true, true, true);
        var clock = Stopwatch.StartNew();
        using var process = Start(start);
        var (reader, errors) = (
            new PipeReader(process.StandardOutput.BaseStream, output, 0),
            new PipeReader(process.StandardError.BaseStream, ErrorHead, ErrorTail));
        var writer = Write(process.StandardInput.BaseStream, input, errors, marker);
        var (hasEnded, hasBegun) = (false, marker.Length == 0);
        try
        {
            while (!(hasEnded = process.WaitForExit(hasBegun ? Shorter(Glance, wall - clock.Elapsed) : Glance)) && !reader.Exceeded)
            {
                if (!hasBegun && (hasBegun = errors.Holds(marker))) clock.Restart();
                if (clock.Elapsed >= (hasBegun ? wall : BeginPatience)) break;
            }
        }
        finally
        {
            if (isGroup) _ = KillProcess(-process.Id, SigKill);
            if (!hasEnded) Kill(process, withTree: !hasBegun);
        }
        if (!process.WaitForExit(EndPatience))
            throw new SandboxException($"Process {process.Id} of a program was killed and does not end.");

        var patience = isGroup ? LeftoverPatience : EndPatience;
        if (!(writer.Join(patience) & reader.Join(patience) & errors.Join(patience)) && !isGroup)
            throw new SandboxException("A program's processes were killed and do not end.");
        return new Ended(!hasEnded && !reader.Exceeded, reader.Exceeded, process.ExitCode, reader.Bytes(), errors.Bytes());
    }

    private static Process Start(ProcessStartInfo start)
    {
        try
        {
            return Process.Start(start)!;
        }
        catch (Exception e) when (e is System.ComponentModel.Win32Exception or IOException)
        {
            throw new SandboxException($"{start.FileName} could not be started: {e.Message}", e);
        }
    }

    private static Thread Write(Stream pipe, byte[] input, PipeReader errors, byte[] marker)
    {
        var thread = new Thread(() =>
        {
            try
            {
                using (pipe) if (errors.Await(marker)) pipe.Write(input);
            }
            catch (Exception e) when (e is IOException or ObjectDisposedException)
            {
                // A program need not read what it is given.
            }
        })
        { Name = "attnpo-program-input", IsBackground = true };
        thread.Start();
        return thread;
    }

    private static void Kill(Process process, bool withTree)
    {
        try
        {
            process.Kill(withTree);
        }
        catch (Exception e) when (e is InvalidOperationException or AggregateException)
        {
            // It has ended, or parts of it have; whether all of it has is seen by its pipes.
        }
    }

    private static TimeSpan Shorter(TimeSpan one, TimeSpan other) =>
        other <= TimeSpan.Zero ? TimeSpan.Zero : one < other ? one : other;

    [DllImport("libc", EntryPoint = "kill")]
    private static extern int KillProcess(int process, int signal);
}
