using System.Text.Json;
using AttnPo.Core.Verification.Code;
using Xunit;

namespace AttnPo.Core.Tests.Verification.Code;

public class CodeTestsTests
{
    [Fact]
    public void Tests_are_written_and_read_again()
    {
        const string json =
            """{"tests":[{"type":"program","input":"1 <é>\n","output":"2"},"""
            + """{"type":"function","function":"add","arguments":"1\n[2]","result":"3"},{"type":"assertions","code":"assert f() == 1"}]}""";
        var tests = CodeTests.Parse(json);
        CodeTest[] expected = [new ProgramTest("1 <é>\n", "2"), new FunctionTest("add", "1\n[2]", "3"), new AssertionTest("assert f() == 1")];
        Assert.Equal(expected, tests.Tests);
        Assert.Equal(json, tests.ToJson());
    }

    [Theory]
    [InlineData("", "the tests are no")]
    [InlineData("7", "the tests are no")]
    [InlineData("null", "the tests are null")]
    [InlineData("[]", "the tests are no")]
    [InlineData("{}", "tests")]
    [InlineData("""{"tests":[]}""", "there are 0 tests; expected 1 to 1000")]
    [InlineData("""{"tests":[null]}""", "test 1: it is null")]
    [InlineData("""{"tests":[{"input":"","output":""}]}""", "the tests are no")]
    [InlineData("""{"tests":[{"type":"stdin","input":"","output":""}]}""", "stdin")]
    [InlineData("""{"tests":[{"type":"program","input":""}]}""", "output")]
    [InlineData("""{"tests":[{"type":"program","input":"","output":null}]}""", "utput")]
    [InlineData("""{"tests":[{"type":"program","input":"","output":"","timeout":1}]}""", "timeout")]
    [InlineData("""{"tests":[{"type":"function","function":"a b","arguments":"","result":"1"}]}""", "test 1: \"a b\" is no name of a function")]
    [InlineData("""{"tests":[{"type":"function","function":"f","arguments":"[","result":"1"}]}""", "test 1: an argument is no JSON value")]
    [InlineData("""{"tests":[{"type":"function","function":"f","arguments":"","result":"x"}]}""", "test 1: the result is no JSON value")]
    [InlineData("""{"tests":[{"type":"assertions","code":" "}]}""", "test 1: the code is empty")]
    [InlineData("""{"tests":[{"type":"assertions","code":"\ud800"}]}""", "the tests are no")]
    public void Anything_else_is_an_error_that_names_it(string json, string message) =>
        Assert.Contains(message, Assert.Throws<FormatException>(() => CodeTests.Parse(json)).Message);

    [SkippableTheory]
    [InlineData("livecodebench-public-tests.jsonl", "public_test_cases", 219, 604)]
    [InlineData("codeforces-sample.jsonl", "tests", 100, 128)]
    [InlineData("leetcode-sample.jsonl", "tests", 60, 144)]
    public void Tests_of_published_sets_are_read(string file, string member, int rows, int tests)
    {
        var read = SharedData.Rows($"benchmarks/ood/{file}").Select(row => PublishedTests.Read(row.GetProperty(member))).ToArray();
        Assert.Equal((rows, tests), (read.Length, read.Sum(ofRow => ofRow.Tests.Count)));
        Assert.All(read, ofRow => Assert.Equal(ofRow.Tests, CodeTests.Parse(ofRow.ToJson()).Tests));
    }

    [Fact]
    public void Functional_tests_need_the_name_of_a_function_and_may_stand_in_a_text()
    {
        var cases = JsonSerializer.SerializeToElement("""[{"input":"[1]\n2","output":"3","testtype":"functional"}]""");
        Assert.Equal([new FunctionTest("add", "[1]\n2", "3")], PublishedTests.Read(cases, "add").Tests);
        Assert.Equal(
            "test 1 is functional, and the row names no function", Assert.Throws<FormatException>(() => PublishedTests.Read(cases)).Message);
    }

    [Theory]
    [InlineData("7", "the tests are no list")]
    [InlineData("""{"other":"x"}""", "the tests are no list")]
    [InlineData("\"x\"", "the tests are a text")]
    [InlineData("""[{"input":"1"}]""", "test 1 is no")]
    [InlineData("""[{"input":1,"output":"1"}]""", "test 1 is no")]
    [InlineData("""[{"input":"1","output":"1","testtype":"other"}]""", "test 1 has the testtype other")]
    public void Other_forms_are_errors_that_name_them(string json, string message) =>
        Assert.StartsWith(
            message, Assert.Throws<FormatException>(() => PublishedTests.Read(JsonSerializer.Deserialize<JsonElement>(json))).Message);

    [Fact]
    public void Assertions_that_compare_results_with_constants_become_calls()
    {
        const string code =
            "def check(candidate):\n    assert candidate(a = [1, -2.5], s = 'it\\'s \"x\" == 1)') == [True, None]\n\n"
            + "    assert candidate([[], [\"\\u00e9\\n\"]]) == -3\n\n\ncheck(Solution().solve)";
        Assert.Equal(
            [
                new FunctionTest("solve", "a=[1,-2.5]\ns=\"it\\u0027s \\u0022x\\u0022 == 1)\"\n", "[true,null]"),
                new FunctionTest("solve", "[[],[\"\\u00E9\\n\"]]\n", "-3"),
            ],
            Functional(code));
        Assert.Equal("solve", Assert.IsType<FunctionTest>(Functional(code.Replace("Solution().", ""))[0]).Function);
    }

    [Theory]
    [InlineData("assert f() == 1")]
    [InlineData("def check(candidate):\n    assert candidate(1) == 1, 'why'\n\ncheck(f)")]
    [InlineData("def check(candidate):\n    assert candidate(1) != 1\n\ncheck(f)")]
    [InlineData("def check(candidate):\n    assert candidate(x) == 1\n\ncheck(f)")]
    [InlineData("def check(candidate):\n    assert candidate(1) == {1: 2}\n\ncheck(f)")]
    [InlineData("def check(candidate):\n    assert candidate(1) == (1, 2)\n\ncheck(f)")]
    [InlineData("def check(candidate):\n    assert candidate(1) == [1] * 2\n\ncheck(f)")]
    [InlineData("def check(candidate):\n    assert candidate('\\x41') == 1\n\ncheck(f)")]
    [InlineData("def check(candidate):\n    assert candidate('a' 'b') == 1\n\ncheck(f)")]
    [InlineData("def check(candidate):\n    assert candidate('''a''') == 1\n\ncheck(f)")]
    [InlineData("def check(candidate):\n    assert candidate(\"\\ud83d\") == 1\n\ncheck(f)")]
    [InlineData("def check(candidate):\n    assert candidate(1) == 1\n    x = 2\n\ncheck(f)")]
    [InlineData("def check(candidate):\n    assert candidate(1) == 1\n\ncheck(f)\ncheck(g)")]
    [InlineData("def check(candidate):\n    assert candidate(1) == 1\n\n    check(f)")]
    [InlineData("def check(candidate):\n    pass\n\ncheck(f)")]
    public void Other_assertions_are_left_as_they_are(string code) => Assert.Equal([new AssertionTest(code)], Functional(code));

    private static IReadOnlyList<CodeTest> Functional(string code) =>
        PublishedTests.Read(JsonSerializer.SerializeToElement(new { functional = code })).Tests;
}
