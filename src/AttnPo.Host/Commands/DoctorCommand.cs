using System.CommandLine;
using System.Globalization;
using System.Net;
using System.Net.Sockets;
using AttnPo.Core.Verification.Code;
using AttnPo.Host.Models;
using AttnPo.Host.Settings;
using Microsoft.Data.Sqlite;
using TorchSharp;

namespace AttnPo.Host.Commands;

/// <summary>doctor: tries everything a run needs from this machine and says what to do where something is missing.</summary>
internal static class DoctorCommand
{
    private const double LeastFreeGigabytes = 1;

    private static readonly (string What, Func<string> Try, string Remedy)[] Checks =
    [
        ("settings", () => SettingsFiles.Resolve(SettingsFiles.DefaultName, []).Hash()[..12], "Take config/ from the repository again."),
        ("native libraries", NativeLibraries, "Build again on this machine: dotnet build -c Release; build/ holds the remedy for an older libstdc++."),
        ("device", Device, "Use device = cpu, or build with -p:AttnPoDevice=cuda on a machine with an NVIDIA driver."),
        ("model", () => ModelFolder.Find("tiny-reasoner"), "Make it again: attnpo warmup --out models/tiny-reasoner."),
        ("journal", Journal, "Check that the temporary folder can be written."),
        ("disk", Disk, "Free some space: checkpoints and rollouts of a run lie in its directory."),
        ("code sandbox", CodeSandbox, ""),
        ("ports", Port, "Allow this user to listen on 127.0.0.1: the run's control endpoint needs it."),
    ];

    /// <summary>The command.</summary>
    public static Command Create()
    {
        var command = new Command("doctor", "Checks device, native libraries, model, journal, disk, sandbox and ports, and says what to do.");
        command.SetAction(parsed =>
        {
            var failed = 0;
            foreach (var (what, attempt, remedy) in Checks)
            {
                string line;
                try
                {
                    line = $"ok    {what}: {attempt()}";
                }
                catch (Exception e)
                {
                    failed++;
                    line = $"FAIL  {what}: {(e.InnerException ?? e).Message.ReplaceLineEndings(" ")} {remedy}";
                }

                parsed.InvocationConfiguration.Output.WriteLine(line);
            }

            if (failed > 0) throw new WorkFailedException($"{failed} of {Checks.Length} checks failed; do what stands behind each");
            return ExitCode.Done;
        });
        return command;
    }

    private static string NativeLibraries()
    {
        using var two = torch.ones(2, 2).sum();
        return two.item<float>() == 4
            ? $"libtorch, TorchSharp {typeof(torch).Assembly.GetName().Version}"
            : throw new InvalidOperationException("libtorch computes 2 x 2 ones as something else than 4.");
    }

    private static string Device() => EngineDevice.CudaDevices is > 0 and var count
        ? $"{count} CUDA device(s), {Environment.ProcessorCount} cores"
        : $"cpu, {Environment.ProcessorCount} cores; no CUDA device";

    private static string Journal()
    {
        var path = Path.Combine(Path.GetTempPath(), $"attnpo-doctor-{Guid.NewGuid():N}.db");
        try
        {
            using var connection = new SqliteConnection($"Data Source={path};Pooling=False");
            connection.Open();
            using var command = connection.CreateCommand();
            command.CommandText = "create table t (x integer); insert into t values (1); select sqlite_version();";
            return "SQLite " + command.ExecuteScalar();
        }
        finally
        {
            File.Delete(path);
        }
    }

    private static string Disk()
    {
        var free = new DriveInfo(Path.GetFullPath(".")).AvailableFreeSpace / 1e9;
        var text = string.Create(CultureInfo.InvariantCulture, $"{free:0.0} GB free under {Path.GetFullPath(".")}");
        return free >= LeastFreeGigabytes ? text : throw new IOException(text + ".");
    }

    // No failure where there is none: most data sets have no programs for answers.
    private static string CodeSandbox()
    {
        try
        {
            return Sandbox.Open(Isolation.Required).Description;
        }
        catch (SandboxException e)
        {
            return $"none, which prompts whose answer is a program need. {e.Message.ReplaceLineEndings(" ")}";
        }
    }

    private static string Port()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        return $"127.0.0.1:{((IPEndPoint)listener.LocalEndpoint).Port} could be opened";
    }
}
