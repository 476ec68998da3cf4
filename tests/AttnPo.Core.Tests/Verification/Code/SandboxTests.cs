using System.Diagnostics;
using System.Text;
using AttnPo.Core.Verification.Code;
using Xunit;
using static AttnPo.Core.Tests.Verification.Code.MachineSandbox;

namespace AttnPo.Core.Tests.Verification.Code;

/// <summary>What programs give and take, and what ends those that take too much.</summary>
public sealed class SandboxTests
{
    [SkippableFact]
    public void A_program_reads_its_input_and_its_output_and_exit_code_come_back()
    {
        var run = Run(
            "import sys\nn = int(input())\nprint(sum(map(int, sys.stdin.read().split())) * n)\nprint('é', file=sys.stderr)\nsys.exit(3)", "2\n1 2\n3\n");
        Assert.Equal((ProgramEnd.Exited, 3, "12\n", "é\n"), (run.End, run.ExitCode, run.Output, run.ErrorTail));
    }

    [SkippableFact]
    public void Long_input_and_output_pass_at_once()
    {
        var text = string.Concat(Enumerable.Repeat("0123456789abcde\n", 1 << 18));
        var run = Run("import sys\nfor line in sys.stdin:\n    sys.stdout.write(line)\n    sys.stderr.write(line)", text);
        Assert.Equal(ProgramEnd.Exited, run.End);
        Assert.True(run.Output == text);
    }

    [SkippableFact]
    public void A_program_is_the_main_one_and_nothing_of_the_harness_is_in_its_way()
    {
        var run = Run(
            "import sys, pickle\nclass C: pass\npickle.dumps(C())\nif __name__ == '__main__':\n    print(sys.argv, sorted(n for n in dir() if n[0] != '_'))");
        Assert.Equal("['program.py'] ['C', 'pickle', 'sys']\n", run.Output);
    }

    [SkippableFact]
    public void Sets_have_the_same_order_each_time() =>
        Assert.Single(Enumerable.Range(0, 3).Select(_ => Run("print(set('abcdefgh'))").Output).Distinct());

    [SkippableTheory]
    [InlineData("while True: pass")]
    [InlineData("import signal\nsignal.signal(signal.SIGXCPU, signal.SIG_IGN)\nwhile True: pass")]
    public void An_endless_loop_ends_at_the_limit_on_processor_time(string program) =>
        Assert.Equal(ProgramEnd.ProcessorLimit, Run(program, limits: Short with { Wall = TimeSpan.FromSeconds(60) }).End);

    [SkippableTheory]
    [InlineData("import time\nprint('done', flush=True)\ntime.sleep(1000)")]
    [InlineData("import sys, time\nsys.stdout.close(); sys.stderr.close()\nimport os\nos.close(1); os.close(2)\ntime.sleep(1000)")]
    [InlineData("import signal, time\nfor s in range(1, 32):\n    try: signal.signal(s, signal.SIG_IGN)\n    except OSError: pass\nwhile True: time.sleep(1000)")]
    [InlineData("import ctypes\nctypes.CDLL(None).ptrace(16, 1, 0, 0)")]
    [InlineData("import os, time\nif os.fork():\n    os.wait()\nos.setsid() if os.getpid() != os.getsid(0) else None\ntime.sleep(1000)")]
    public void What_waits_for_ever_ends_at_the_limit_on_time(string program) => Assert.Equal(ProgramEnd.WallLimit, Run(program, limits: Short).End);

    [SkippableFact]
    public void Input_that_never_comes_is_the_end_of_the_file()
    {
        var run = Run("input()");
        Assert.Equal((ProgramEnd.Exited, 1), (run.End, run.ExitCode));
        Assert.Contains("EOFError", run.Fault(Short));
    }

    [SkippableFact]
    public void Input_that_is_not_read_does_not_matter() =>
        Assert.Equal((ProgramEnd.Exited, 0, "1\n"), Run("print(1)", new string('x', 1 << 20)) is var run ? (run.End, run.ExitCode, run.Output) : default);

    [SkippableTheory]
    [InlineData("while True: print('x' * 1000)")]
    [InlineData("import os\nwhile True: os.write(1, b'x' * 100000)")]
    public void Endless_output_ends_at_its_limit(string program)
    {
        var run = Run(program, limits: Short with { Wall = TimeSpan.FromSeconds(60) });
        Assert.Equal((ProgramEnd.OutputLimit, new SandboxLimits().Output), (run.End, run.Output.Length));
    }

    [SkippableFact]
    public void Endless_errors_are_read_and_only_their_end_is_kept()
    {
        var run = Run("import sys\nfor i in range(500000): sys.stderr.write('%d\\n' % i)\nprint('done')", limits: new() { Wall = TimeSpan.FromSeconds(60) });
        Assert.Equal((ProgramEnd.Exited, "done\n"), (run.End, run.Output));
        Assert.EndsWith("\n499999\n", run.ErrorTail);
        Assert.True(run.ErrorTail.Length < 10_000);
    }

    [SkippableTheory]
    [InlineData("x = []\nwhile True: x.append(bytearray(1 << 20))")]
    [InlineData("x = bytearray(1 << 40)")]
    public void Memory_without_end_ends_at_its_limit(string program) => Assert.Equal(ProgramEnd.MemoryLimit, Run(program).End);

    [SkippableFact]
    public void A_program_may_use_the_memory_it_is_given() =>
        Assert.Equal("ok\n", Run("x = bytearray(600 << 20)\nx[::4096] = b'1' * len(x[::4096])\nprint('ok')").Output);

    [SkippableFact]
    public void Deep_recursion_and_faults_in_memory_are_the_programs_own()
    {
        Assert.Contains("RecursionError", Run("def f(): f()\nf()").Fault(Short));
        Assert.Equal("100000\n", Run("import sys\nsys.setrecursionlimit(10**6)\ndef f(n): return n and 1 + f(n - 1)\nprint(f(100000))").Output);
        var run = Run("import ctypes\nctypes.string_at(0)");
        Assert.Equal((ProgramEnd.Signal, "ended by signal 11"), (run.End, run.Fault(Short)));
    }

    [SkippableFact]
    public void Output_that_is_no_text_is_read_as_far_as_it_is() =>
        Assert.Equal("a\ufffdb\0\n", Run("import os\nos.write(1, b'a\\xffb\\0\\n')").Output);

    [SkippableFact]
    public void A_program_that_is_no_Python_is_an_error_of_its_own()
    {
        Assert.Contains("SyntaxError", Run("this is no program").Fault(Short));
        Assert.NotNull(Run("a\0b").Fault(Short));
        Assert.NotNull(Run("\ud800").Fault(Short));
    }

    [SkippableFact]
    public void However_short_its_time_a_program_begins_and_nothing_of_it_is_left()
    {
        for (var i = 0; i < 20; i++)
            Assert.Equal(ProgramEnd.WallLimit, Run("import time; time.sleep(1000)", limits: Short with { Wall = TimeSpan.FromMilliseconds(i) }).End);
    }

    [SkippableFact]
    public void Nothing_is_given_to_a_process_that_has_not_begun()
    {
        Skip.IfNot(File.Exists("/usr/bin/python3"), "There is no /usr/bin/python3.");
        const string program =
            """
            import os, select
            early = select.select([0], [], [], 0.3)[0]
            os.write(2, b"begun")
            print(early, os.read(0, 9))
            """;
        var ended = LimitedProcess.Run(
            new("/usr/bin/python3", ["-c", program]), "input"u8.ToArray(), "begun"u8.ToArray(), TimeSpan.FromSeconds(60), 100, isGroup: false);
        Assert.Equal("[] b'input'\n", Encoding.UTF8.GetString(ended.Output));
    }

    [Fact]
    public void What_cannot_be_started_is_a_failure_of_the_sandbox()
    {
        var missing = Assert.Throws<SandboxException>(
            () => LimitedProcess.Run(new ProcessStartInfo("/no/such/program"), [], [], TimeSpan.FromSeconds(1), 1, isGroup: false));
        Assert.StartsWith("/no/such/program could not be started: ", missing.Message);
    }

    [SkippableFact]
    public void Many_run_at_once() =>
        Assert.All(
            Enumerable.Range(0, 16).AsParallel().WithDegreeOfParallelism(8).Select(i => (i, Run($"print({i})").Output)).ToArray(),
            run => Assert.Equal($"{run.i}\n", run.Output));

    [SkippableFact]
    public void Without_isolation_limits_hold_and_the_group_and_the_folder_end_with_the_program()
    {
        var run = Run(
            "import os, subprocess\nprint(os.getcwd(), os.getsid(0) == os.getpid(), sorted(os.environ)[:2], flush=True)\n"
            + "open('x', 'w').write('x')\nchild = subprocess.Popen(['/bin/sleep', '1000'])\nprint(child.pid)",
            isolation: Isolation.None);
        Assert.Equal((ProgramEnd.Exited, 0), (run.End, run.ExitCode));
        var lines = run.Output.Split('\n');
        Assert.Contains("True", lines[0]);
        Assert.False(Directory.Exists(lines[0].Split(' ')[0]));
        // Killed it is, and gone once the system has reaped it.
        Assert.True(SpinWait.SpinUntil(
            () => !Process.GetProcesses().Any(process => process.Id == int.Parse(lines[1]) && process.ProcessName == "sleep"), TimeSpan.FromSeconds(20)));

        Assert.Equal(ProgramEnd.MemoryLimit, Run("x = bytearray(1 << 40)", isolation: Isolation.None).End);
        var patient = Short with { Wall = TimeSpan.FromSeconds(60) };
        Assert.Equal(ProgramEnd.ProcessorLimit, Run("while True: pass", limits: patient, isolation: Isolation.None).End);
        Assert.Equal(ProgramEnd.WallLimit, Run("import time; time.sleep(1000)", limits: Short, isolation: Isolation.None).End);
    }

    [SkippableFact]
    public void It_says_what_it_runs_with() =>
        Assert.Matches(@"^bubblewrap \d+\.\d+\.\d+, python3 3\.\d+\.\d+\S*$", Require().Description);
}
