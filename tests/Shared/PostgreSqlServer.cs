using System.Diagnostics;
using System.Net;
using System.Net.Sockets;
using System.Security.Cryptography;
using Xunit;

namespace AttnPo.Tests;

/// <summary>
/// A PostgreSQL server of a test's own, from the programs that are installed: a new cluster in a temporary folder, on a loopback port,
/// with a password of its own. A shell keeps it and ends it when this process lets go of the shell's input, so that it outlives no
/// test process, however that ends.
/// </summary>
public sealed class PostgreSqlServer : IAsyncLifetime
{
    private const string User = "attnpo";

    // PostgreSQL refuses to run as root: there, the user that the package makes runs it.
    private const string PackageUser = "postgres";

    // The server is in another session than the shell. A line of input stops it, the input's end stops it and removes all of it.
    private const string Keeper =
        """
        trap '' INT TERM HUP
        options="-p $3 -c listen_addresses=127.0.0.1 -c unix_socket_directories=''"
        "$1/pg_ctl" -D "$2/data" -l "$2/log" -w -t 120 -o "$options" start >/dev/null 2>&1 && echo started
        read -r line
        end=$?
        "$1/pg_ctl" -D "$2/data" -m fast -w -t 120 stop >/dev/null 2>&1
        [ "$end" = 0 ] || rm -rf "$2"
        """;

    private readonly string _password = Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(16));
    private string _programs = "";
    private string? _missing;
    private string _folder = "";
    private int _port;
    private Process? _keeper;

    /// <summary>The connection string without the password.</summary>
    public string Address => $"Host=127.0.0.1;Port={_port};Username={User};Database=postgres";

    /// <summary>The password that belongs to <see cref="Address"/>.</summary>
    public string Password => _password;

    /// <summary>The whole connection string.</summary>
    public string ConnectionString => $"{Address};Password={_password}";

    /// <summary>Skips the test where this machine has no server to start.</summary>
    public void SkipWhereMissing() => Skip.If(_missing is not null, _missing);

    /// <inheritdoc/>
    public async Task InitializeAsync()
    {
        _missing = FindPrograms();
        if (_missing is not null) return;
        _folder = Directory.CreateTempSubdirectory("attnpo-postgres-").FullName;
        try
        {
            await MakeClusterAsync();
            await StartAnywhereAsync();
        }
        catch
        {
            await DisposeAsync();
            throw;
        }
    }

    /// <summary>Starts the server again after <see cref="StopAsync"/>, on the same port, with all that it held.</summary>
    public async Task StartAsync()
    {
        var start = Unprivileged("sh", "-c", Keeper, "sh", _programs, _folder, $"{_port}");
        start.RedirectStandardInput = true;
        _keeper = Process.Start(start)!;
        if (await _keeper.StandardOutput.ReadLineAsync() == "started") return;
        await StopAsync();
        throw new InvalidOperationException($"PostgreSQL did not start: {await File.ReadAllTextAsync(Path.Combine(_folder, "log"))}");
    }

    /// <summary>Ends the server as an administrator does, at once for who is connected, and keeps what it holds.</summary>
    public async Task StopAsync()
    {
        await _keeper!.StandardInput.WriteLineAsync();
        await LetGoAsync();
    }

    /// <inheritdoc/>
    public async Task DisposeAsync()
    {
        if (_keeper is not null) await LetGoAsync();
        if (Directory.Exists(_folder)) Directory.Delete(_folder, recursive: true);
    }

    private async Task MakeClusterAsync()
    {
        var secret = Path.Combine(_folder, "password");
        await File.WriteAllTextAsync(secret, _password);
        if (Environment.IsPrivilegedProcess) await RunAsync(new ProcessStartInfo("chown", ["-R", $"{PackageUser}:", _folder]));
        await RunAsync(Unprivileged(
            Path.Combine(_programs, "initdb"), "-D", Path.Combine(_folder, "data"), "-U", User, "--auth=scram-sha-256",
            $"--pwfile={secret}", "--encoding=UTF8", "--locale=C", "--no-sync"));
        File.Delete(secret);
    }

    private async Task StartAnywhereAsync()
    {
        // Another process may take the port between the look and the start.
        for (var attempt = 1; ; attempt++)
        {
            _port = FreePort();
            try
            {
                await StartAsync();
                return;
            }
            catch (InvalidOperationException) when (attempt < 5)
            {
            }
        }
    }

    private async Task LetGoAsync()
    {
        using var keeper = _keeper!;
        _keeper = null;
        keeper.StandardInput.Close();
        await keeper.WaitForExitAsync();
    }

    /// <summary>Finds the programs; says why not where there are none to use.</summary>
    private string? FindPrograms()
    {
        var places = (Environment.GetEnvironmentVariable("PATH") ?? "").Split(Path.PathSeparator).Concat(PackagedVersions());
        var found = places.FirstOrDefault(place => IsThere(place, "initdb") && IsThere(place, "pg_ctl"));
        if (found is null)
            return "No PostgreSQL server is installed (neither in PATH nor in /usr/lib/postgresql): apt-get install postgresql.";
        _programs = found;
        if (!Environment.IsPrivilegedProcess) return null;
        return File.ReadLines("/etc/passwd").Any(line => line.StartsWith(PackageUser + ":", StringComparison.Ordinal))
            ? null
            : $"PostgreSQL does not run as root, and there is no user {PackageUser} to run it as.";
    }

    // A link may be left of a package that is not.
    private static bool IsThere(string place, string program)
    {
        var file = new FileInfo(Path.Combine(place, program));
        return file.Exists && file.ResolveLinkTarget(returnFinalTarget: true) is null or { Exists: true };
    }

    private static IEnumerable<string> PackagedVersions()
    {
        var packages = new DirectoryInfo("/usr/lib/postgresql");
        return packages.Exists
            ? packages.GetDirectories().OrderByDescending(version => int.TryParse(version.Name, out var number) ? number : 0)
                .Select(version => Path.Combine(version.FullName, "bin"))
            : [];
    }

    private ProcessStartInfo Unprivileged(string program, params string[] arguments)
    {
        string[] change = ["--reuid", PackageUser, "--regid", PackageUser, "--clear-groups", program];
        return Environment.IsPrivilegedProcess
            ? new ProcessStartInfo("setpriv", [.. change, .. arguments]) { RedirectStandardOutput = true, WorkingDirectory = _folder }
            : new ProcessStartInfo(program, arguments) { RedirectStandardOutput = true, WorkingDirectory = _folder };
    }

    private static async Task RunAsync(ProcessStartInfo start)
    {
        (start.RedirectStandardOutput, start.RedirectStandardError) = (true, true);
        using var process = Process.Start(start)!;
        var (output, error) = (process.StandardOutput.ReadToEndAsync(), process.StandardError.ReadToEndAsync());
        await process.WaitForExitAsync();
        if (process.ExitCode != 0) throw new InvalidOperationException($"{start.FileName} failed: {await output}{await error}");
    }

    // Below the ports that systems give out by themselves, so that nobody is given it while the server is stopped.
    private static int FreePort()
    {
        while (true)
        {
            var port = RandomNumberGenerator.GetInt32(15_000, 30_000);
            using var probe = new TcpListener(IPAddress.Loopback, port);
            try
            {
                probe.Start();
                return port;
            }
            catch (SocketException)
            {
                // Somebody listens there.
            }
        }
    }
}
