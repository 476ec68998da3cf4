using AttnPo.Core.Tests.Verification.Code;
using AttnPo.Core.Verification;
using AttnPo.Core.Verification.Code;
using Xunit;

namespace AttnPo.Core.Tests.Verification;

public class CodeVerifierTests
{
    private const string Sum = "print(sum(map(int, input().split())))";

    [SkippableFact]
    public void A_program_that_passes_every_test_is_right()
    {
        Assert.Equal(Grade.Equal("passes 2 tests"), Judge(Sum, new ProgramTest("1 2\n", "3\n"), new ProgramTest("4 5\n", "9")));
        Assert.Equal(
            Grade.Different("test 2 of 2: line 1 is \"9\", not \"10\""), Judge(Sum, new ProgramTest("1 2\n", "3\n"), new ProgramTest("4 5\n", "10")));
    }

    [SkippableFact]
    public void Nothing_is_run_after_the_first_test_that_fails() =>
        Assert.Equal(
            "test 1 of 2: exit code 1: ZeroDivisionError: division by zero",
            Judge("1 / 0", new ProgramTest("", ""), new ProgramTest("", "")).Reason);

    [SkippableTheory]
    [InlineData("class Solution:\n    def add(self, a: List[int], b: int) -> List[int]:\n        print('noise')\n        return [x + b for x in a]")]
    [InlineData("def add(a, b):\n    return tuple(x + b for x in a)")]
    [InlineData("add = lambda a, b: [float(x + b) for x in a]\nif __name__ == '__main__':\n    print(add(input()))")]
    public void A_function_is_called_with_its_arguments(string program)
    {
        Assert.Equal(GradeOutcome.Equal, Judge(program, new FunctionTest("add", "[1, 2]\n3", "[4, 5]")).Outcome);
        Assert.StartsWith("test 1 of 1: the result is [", Judge(program, new FunctionTest("add", "[1, 2]\n3", "[4, 6]")).Reason);
    }

    [SkippableFact]
    public void Arguments_may_be_named() =>
        Assert.Equal(
            Grade.Equal("passes 1 tests"),
            Judge("def take(a, c, b): return [a, b, c]", new FunctionTest("take", "\"x=1\"\nb=[\"=\"]\nc=3\n", "[\"x=1\",[\"=\"],3]")));

    // The first answers like anything, the second says that all is well and leaves before it is asked.
    [SkippableTheory]
    [InlineData("class Any:\n    def __eq__(self, other): return True\nclass Solution:\n    def add(self, a, b): return Any()")]
    [InlineData("import hashlib, os, sys\nos.write(3, hashlib.sha256(sys.stdin.buffer.read()).hexdigest().encode())\nos._exit(0)")]
    public void Published_assertions_cannot_be_passed_without_the_result(string program)
    {
        const string code = "def check(candidate):\n    assert candidate(a = 1, b = 2) == 3\n\ncheck(Solution().add)";
        var tests = PublishedTests.Read(System.Text.Json.JsonSerializer.SerializeToElement(new { functional = code })).Tests;
        Assert.Equal(GradeOutcome.Different, Judge(program, [.. tests]).Outcome);
        Assert.Equal(GradeOutcome.Equal, Judge("class Solution:\n    def add(self, b, a): return a + b", [.. tests]).Outcome);
    }

    [SkippableTheory]
    [InlineData("def other(): pass", "KeyError: 'add'")]
    [InlineData("def add(a): return a", "TypeError")]
    [InlineData("def add(a, b): return {1, 2}", "TypeError: Object of type set is not JSON serializable")]
    [InlineData("import os\nos._exit(0)", "the result is , not 3")]
    [InlineData("def add(a, b): exit()", "the result is , not 3")]
    [InlineData("print(3)\ndef add(a, b): exit()", "the result is , not 3")]
    public void What_gives_no_result_is_wrong(string program, string reason) =>
        Assert.Contains(reason, Judge(program, new FunctionTest("add", "1\n2", "3")).Reason);

    [SkippableTheory]
    [InlineData("class Solution:\n    def add(self, a, b): return a + b", GradeOutcome.Equal, "passes 1 tests")]
    [InlineData("class Solution:\n    def add(self, a, b): return a - b", GradeOutcome.Different, "AssertionError")]
    [InlineData("class Solution: pass", GradeOutcome.Different, "AttributeError")]
    [InlineData("import os\nos._exit(0)", GradeOutcome.Different, "ended before its assertions did")]
    [InlineData("print(input())\nexit(0)", GradeOutcome.Different, "ended before its assertions did")]
    [InlineData("import atexit, os\natexit.register(lambda: os._exit(0))\nx", GradeOutcome.Different, "ended before its assertions did")]
    public void Assertions_must_all_have_held(string program, GradeOutcome outcome, string reason)
    {
        var grade = Judge(program, new AssertionTest("def check(candidate):\n    assert candidate(1, b = 2) == 3\n\n\ncheck(Solution().add)"));
        Assert.Equal(outcome, grade.Outcome);
        Assert.Contains(reason, grade.Reason);
    }

    [SkippableFact]
    public void Programs_over_their_limits_are_wrong_ones()
    {
        var settings = new CodeSettings { Timeout = TimeSpan.FromSeconds(1), Memory = 256 << 20 };
        // On a busy machine the other limit may be the first.
        Assert.Matches("^test 1 of 1: (more than 1 s of processor time|no end within 2 s)$", Judge("while True: pass", settings, new ProgramTest("", "")).Reason);
        Assert.Equal("test 1 of 1: no end within 2 s", Judge("import time\ntime.sleep(9)", settings, new ProgramTest("", "")).Reason);
        Assert.Equal("test 1 of 1: more than 256 MiB of memory", Judge("'x' * (1 << 30)", settings, new ProgramTest("", "")).Reason);
        Assert.Equal("test 1 of 1: more than 8192 KiB of output", Judge("while True: print('x' * 99)", settings, new ProgramTest("", "")).Reason);
        var slow = Judge(
            "import time\ntime.sleep(0.6)", settings with { Total = TimeSpan.FromSeconds(1.5) }, [.. Enumerable.Repeat(new ProgramTest("", ""), 9)]);
        Assert.Equal(GradeOutcome.Different, slow.Outcome);
        Assert.EndsWith("of 9 tests took the 1.5 s of them all", slow.Reason);
    }

    [Fact]
    public void Where_programs_cannot_be_run_that_is_no_verdict()
    {
        var verifier = new CodeVerifier(new CodeSettings(), () => throw new SandboxException("no python3"));
        Assert.Equal("no python3", Assert.Throws<SandboxException>(() => verifier.Judge(Sum, Gold(new ProgramTest("", "")))).Message);
        Assert.Throws<FormatException>(() => verifier.Judge(Sum, new Gold("3", AnswerKind.Code)));
    }

    [SkippableFact]
    public void Tests_of_published_sets_can_be_passed_and_failed()
    {
        // A program that knows the answers, which those with an input to tell them apart by can be given.
        var row = SharedData.Rows("benchmarks/ood/livecodebench-public-tests.jsonl").First(row => row.GetProperty("public_test_cases").GetArrayLength() > 2);
        var tests = PublishedTests.Read(row.GetProperty("public_test_cases"));
        var pairs = tests.Tests.Cast<ProgramTest>().ToDictionary(test => test.Input.Trim(), test => test.Output);
        var program = $"import sys\nprint({System.Text.Json.JsonSerializer.Serialize(pairs)}[sys.stdin.read().strip()])";
        Assert.Equal(GradeOutcome.Equal, Judge(program, [.. tests.Tests]).Outcome);
        Assert.Equal(GradeOutcome.Different, Judge("print(-1)", [.. tests.Tests]).Outcome);

        var leetCode = SharedData.Rows("benchmarks/ood/leetcode-sample.jsonl").First();
        CodeTest[] assertions = [.. PublishedTests.Read(leetCode.GetProperty("tests")).Tests];
        const string signature = "class Solution:\n    def minOperations(self, nums: List[int], k: int) -> int:\n";
        var right = signature + "        need = set(range(1, k + 1))\n        for i, x in enumerate(reversed(nums)):\n            need.discard(x)\n"
            + "            if not need: return i + 1\n";
        Assert.Equal(GradeOutcome.Equal, Judge(right, assertions).Outcome);
        Assert.Equal(GradeOutcome.Different, Judge(signature + "        return k", assertions).Outcome);
    }

    [Fact]
    public void Each_kind_has_its_verifier()
    {
        var verifiers = new AnswerVerifiers(
            new MathVerifier(new ExactGrader()), new ChoiceVerifier(), new CodeVerifier(new CodeSettings(), () => throw new SandboxException("asked")));
        const string text = "\\boxed{(B)}\n```python\n1\n```";
        var (math, choice, code) = (new Gold("(B)"), new Gold("B", AnswerKind.Choice), Gold(new ProgramTest("", "")));
        Assert.Equal(["(B)", "B", "1\n"], ((Gold[])[math, choice, code]).Select(gold => verifiers.Find(text, gold)));
        Assert.Equal(GradeOutcome.Equal, verifiers.Judge("(B)", math).Outcome);
        Assert.Equal(GradeOutcome.Equal, verifiers.Judge("B", choice).Outcome);
        Assert.Throws<SandboxException>(() => verifiers.Judge("1\n", code));
        Assert.Throws<ArgumentOutOfRangeException>(() => verifiers.Find(text, new Gold("", (AnswerKind)9)));
    }

    private static Grade Judge(string program, params CodeTest[] tests) => Judge(program, new CodeSettings(), tests);

    private static Grade Judge(string program, CodeSettings settings, params CodeTest[] tests)
    {
        var sandbox = MachineSandbox.Require();
        return new CodeVerifier(settings, () => sandbox).Judge(program, Gold(tests));
    }

    private static Gold Gold(params CodeTest[] tests) => new(new CodeTests(tests).ToJson(), AnswerKind.Code);
}
