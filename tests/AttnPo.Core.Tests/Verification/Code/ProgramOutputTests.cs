using AttnPo.Core.Verification.Code;
using Xunit;

namespace AttnPo.Core.Tests.Verification.Code;

public class ProgramOutputTests
{
    [Theory]
    [InlineData("1\n2\n", "1\n2")]
    [InlineData("1\n2\n", "\n1 \r\n 2\t\r\n\n")]
    [InlineData("", "\n")]
    [InlineData("1.5 2", "1.50  2.0")]
    [InlineData("1000", "1e3")]
    [InlineData("-0.0", "0")]
    [InlineData("0.001", ".1e-2")]
    [InlineData("+12.", "12")]
    [InlineData("YES\n3", "YES\n3.0")]
    [InlineData("100000000000000000000000000000000000001", "100000000000000000000000000000000000001.0")]
    public void The_same_lines_and_the_same_numbers_are_the_same(string expected, string actual) =>
        Assert.Null(ProgramOutput.Difference(expected, actual));

    [Theory]
    [InlineData("1\n2", "1", "1 lines, not 2")]
    [InlineData("1", "1\n1", "2 lines, not 1")]
    [InlineData("1\n\n2", "1\n2", "line 2 is \"2\", not \"\"")]
    [InlineData("YES", "Yes", "line 1 is \"Yes\", not \"YES\"")]
    [InlineData("1 2", "12", "line 1 is \"12\", not \"1 2\"")]
    [InlineData("0.3333", "0.333", "line 1 is \"0.333\", not \"0.3333\"")]
    [InlineData("Case 1: 2", "Case 1: 2.0", "line 1 is \"Case 1: 2.0\", not \"Case 1: 2\"")]
    [InlineData("1", "-1", "line 1 is \"-1\", not \"1\"")]
    [InlineData("1", "10", "line 1 is \"10\", not \"1\"")]
    [InlineData("0", ".", "line 1 is \".\", not \"0\"")]
    [InlineData("nan", "NaN", "line 1 is \"NaN\", not \"nan\"")]
    [InlineData("100000000000000000000000000000000000001", "100000000000000000000000000000000000002.0", "line 1")]
    public void Anything_else_is_another(string expected, string actual, string difference) =>
        Assert.StartsWith(difference, ProgramOutput.Difference(expected, actual));

    [Theory]
    [InlineData("[1, 2]", "[1,2]")]
    [InlineData("2", "2.0")]
    [InlineData("0.30000", "0.3")]
    [InlineData("0.1000000000000000055", "0.1")]
    [InlineData("{\"a\": 1, \"b\": [true, null]}", "{\"b\": [true, null], \"a\": 1.0}")]
    [InlineData("\"\\u00e9\"", "\"é\"")]
    public void The_same_results_are_the_same(string expected, string actual) => Assert.Null(ProgramOutput.ResultDifference(expected, actual));

    [Theory]
    [InlineData("[1, 2]", "[2, 1]")]
    [InlineData("[1, 2]", "[1, 2, 3]")]
    [InlineData("1", "true")]
    [InlineData("1", "\"1\"")]
    [InlineData("0.3", "0.30000000000000004")]
    [InlineData("100000000000000000001", "100000000000000000002")]
    [InlineData("1", "NaN")]
    [InlineData("1", "")]
    [InlineData("{\"a\": 1}", "{\"a\": 1, \"b\": 1}")]
    public void Other_results_are_not(string expected, string actual) => Assert.NotNull(ProgramOutput.ResultDifference(expected, actual));
}
