using System.Diagnostics;
using System.Security.Cryptography;
using System.Text;
using AttnPo.Core.Verification.Code;

namespace AttnPo.Core.Verification;

/// <summary>
/// The answer is the program in the last fenced block of Python that is closed, and right where it passes every test of the gold answer
/// (<see cref="CodeTests"/>), each in a sandbox and a process of its own. The first that fails ends it: also a program that takes more
/// than it may is a wrong one. Where the sandbox itself fails, that throws.
/// </summary>
/// <param name="settings">What a program may take.</param>
/// <param name="sandbox">Runs it; asked for when the first program is judged.</param>
public sealed class CodeVerifier(CodeSettings settings, Func<Sandbox> sandbox) : IAnswerVerifier
{
    // A test is not begun with less: nothing fair could be said of it.
    private static readonly TimeSpan LeastWall = TimeSpan.FromMilliseconds(500);

    /// <inheritdoc/>
    public string? Find(string text, Gold gold) => CodeFence.LastProgram(text);

    /// <inheritdoc/>
    /// <exception cref="FormatException">The gold answer holds no tests.</exception>
    /// <exception cref="SandboxException">Programs cannot be run here, or this one could not be begun.</exception>
    public Grade Judge(string answer, Gold gold)
    {
        var tests = CodeTests.Parse(gold.Text).Tests;
        var clock = Stopwatch.StartNew();
        foreach (var (index, test) in tests.Index())
        {
            var left = settings.Total - clock.Elapsed;
            if (left < LeastWall) return TooSlow(index, tests.Count);
            var limits = settings.Limits;
            var isLast = left < limits.Wall;
            if (isLast) limits = limits with { Wall = left };
            var run = Run(test, answer, limits, out var difference);
            if (isLast && run.End == ProgramEnd.WallLimit) return TooSlow(index, tests.Count);
            if ((run.Fault(limits) ?? difference) is { } why) return Grade.Different($"test {index + 1} of {tests.Count}: {why}");
        }
        return Grade.Equal($"passes {tests.Count} tests");
    }

    private Grade TooSlow(int passed, int count) => Grade.Different(
        FormattableString.Invariant($"{passed} of {count} tests took the {settings.Total.TotalSeconds:0.###} s of them all"));

    private ProgramRun Run(CodeTest test, string program, SandboxLimits limits, out string? difference)
    {
        ProgramRun run;
        switch (test)
        {
            case ProgramTest whole:
                run = sandbox().Run(ProgramJob.Whole(program, whole.Input), limits);
                difference = ProgramOutput.Difference(whole.Output, run.Output);
                break;
            case FunctionTest call:
                run = sandbox().Run(ProgramJob.Call(program, call.Function, call.Arguments), limits);
                difference = ProgramOutput.ResultDifference(call.Result, run.Output);
                break;
            default:
                var secret = RandomNumberGenerator.GetHexString(32);
                run = sandbox().Run(ProgramJob.Assert(program, ((AssertionTest)test).Code, secret), limits);
                var passed = Convert.ToHexStringLower(SHA256.HashData(Encoding.ASCII.GetBytes(secret)));
                difference = run.Output == passed ? null : "ended before its assertions did";
                break;
        }
        return run;
    }
}
