using System.Diagnostics;
using System.Net;
using System.Net.Sockets;
using AttnPo.Core.Verification.Code;
using Xunit;
using static AttnPo.Core.Tests.Verification.Code.MachineSandbox;

namespace AttnPo.Core.Tests.Verification.Code;

/// <summary>Programs that look for a way out: to files, the environment, the network, other processes, rights.</summary>
public sealed class SandboxIsolationTests
{
    [SkippableFact]
    public void Files_are_bounded_one_by_one_and_together()
    {
        RequireDisk();
        var run = Run(
            """
            import errno, os
            def fill(name):
                try:
                    with open(name, 'wb') as file:
                        while True: file.write(b'x' * (1 << 20))
                except OSError as e:
                    return errno.errorcode[e.errno], os.path.getsize(name) >> 20
            print(os.getcwd(), os.listdir('.'), fill('first'), {fill('file%d' % i)[0] for i in range(8)} - {'EFBIG'})
            """);
        Assert.Equal("/tmp [] ('EFBIG', 16) {'ENOSPC'}\n", run.Output);
    }

    [SkippableFact]
    public void Nothing_but_the_folder_can_be_written()
    {
        var run = Run(
            """
            import os
            for folder in ['/', '/usr', '/etc', '/dev', '/dev/shm', '/dev/pts', '/bin', '/proc', '/var/tmp', '/usr/lib/python3', '/run', '/home', '/root']:
                try:
                    open(folder + '/x', 'w'); print('written', folder)
                except OSError: pass
            """);
        Assert.Equal((0, ""), (run.ExitCode, run.Output));
    }

    [SkippableFact]
    public void Files_of_the_machine_are_not_there()
    {
        var assembly = typeof(SandboxTests).Assembly.Location;
        var other = Path.GetTempFileName();
        try
        {
            var program =
                $$"""
                import os
                for path in ['{{assembly}}', '{{other}}', '/etc/passwd', '/etc/shadow', '/etc/hostname', '/proc/self/environ', '/proc/1/environ', '/sys',
                             '/var', '/home', '/root', '{{Environment.CurrentDirectory}}', '/usr/../etc/passwd', '/dev/sda', '/dev/mem']:
                    if os.path.lexists(path): print('seen', path)
                print(sorted(set(os.listdir('/')) - {'bin', 'lib', 'lib32', 'lib64'}), sorted(set(os.listdir('/etc')) - {'alternatives', 'ld.so.cache'}))
                """;
            Assert.Equal("['dev', 'etc', 'tmp', 'usr'] []\n", Run(program).Output);
        }
        finally
        {
            File.Delete(other);
        }
    }

    [SkippableFact]
    public void The_environment_holds_nothing_of_the_machine()
    {
        Environment.SetEnvironmentVariable("ATTNPO_TEST_SECRET", "secret");
        var run = Run("import os\nprint(sorted(os.environ)); print(os.uname().nodename, os.getuid(), os.geteuid(), os.getgroups())");
        var lines = run.Output.Split('\n');
        Assert.Equal("['LANG', 'OMP_NUM_THREADS', 'OPENBLAS_NUM_THREADS', 'PWD', 'PYTHONDONTWRITEBYTECODE', 'PYTHONHASHSEED']", lines[0]);
        Assert.StartsWith("sandbox 65534 65534", lines[1]);
    }

    [SkippableFact]
    public void Nothing_can_be_reached()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        var run = Run(
            $$"""
            import socket
            print(sorted(name for _, name in socket.if_nameindex()))
            for address in [('127.0.0.1', {{((IPEndPoint)listener.LocalEndpoint).Port}}), ('1.1.1.1', 53)]:
                try:
                    socket.create_connection(address, 1); print('connected', address)
                except OSError: pass
            """);
        Assert.Equal("['lo']\n", run.Output);
        Assert.False(listener.Pending());
        // It is there for others.
        using var client = new TcpClient();
        client.Connect((IPEndPoint)listener.LocalEndpoint);
        Assert.True(listener.Pending());
    }

    [SkippableFact]
    public void A_fork_bomb_ends()
    {
        var run = Run(
            """
            import os
            while True:
                try: os.fork()
                except OSError: pass
            """,
            limits: Short);
        Assert.NotEqual(ProgramEnd.Exited, run.End);
        var few = Run(
            """
            import os, time
            n = 0
            try:
                while True:
                    if os.fork() == 0: time.sleep(100)
                    n += 1
            except OSError: print(n)
            """);
        Assert.InRange(int.Parse(few.Output), 1, 8);
    }

    [SkippableFact]
    public void Only_processes_of_its_own_can_be_killed()
    {
        using var bystander = Process.Start(new ProcessStartInfo("sleep", "1000"))!;
        try
        {
            var run = Run(
                $$"""
                import os, signal
                for pid in [{{bystander.Id}}, {{Environment.ProcessId}}, -1, 1, os.getppid()]:
                    try: os.kill(pid, signal.SIGKILL); print('killed', pid > 1)
                    except OSError: pass
                print(os.getpid())
                """);
            Assert.DoesNotContain("killed True", run.Output);
            Assert.False(bystander.HasExited);
        }
        finally
        {
            bystander.Kill();
        }
    }

    [SkippableFact]
    public void A_daemon_does_not_outlive_its_program()
    {
        // Its name is found in the machine's list of processes while it runs.
        var name = $"attnpo-daemon-{Guid.NewGuid():N}"[..15];
        var run = Run(
            $$"""
            import ctypes, os, signal, time
            reader, writer = os.pipe()
            if os.fork() == 0:
                os.setsid()
                if os.fork() == 0:
                    signal.signal(signal.SIGTERM, signal.SIG_IGN); signal.signal(signal.SIGHUP, signal.SIG_IGN)
                    ctypes.CDLL(None).prctl(15, b'{{name}}', 0, 0, 0)
                    os.write(writer, b'x')
                    time.sleep(1000)
                os._exit(0)
            os.read(reader, 1)
            print('begun')
            """);
        Assert.Equal((ProgramEnd.Exited, 0, "begun\n"), (run.End, run.ExitCode, run.Output));
        Assert.DoesNotContain(name, Process.GetProcesses().Select(process => process.ProcessName));
    }

    [SkippableFact]
    public void It_gains_no_rights()
    {
        var run = Run(
            """
            import ctypes, os
            libc = ctypes.CDLL(None, use_errno=True)
            print([libc.unshare(flag) for flag in (0x10000000, 0x20000, 0x40000000)], libc.mount(b'none', b'/tmp', b'tmpfs', 0, None))
            for call in (lambda: os.setuid(0), lambda: os.chroot('/tmp'), lambda: os.mknod('/tmp/x', 0o60600, 0x800), lambda: os.nice(-5)):
                try: call(); print('done')
                except OSError: pass
            """);
        Assert.Equal("[-1, -1, -1] -1\n", run.Output);
    }
}
