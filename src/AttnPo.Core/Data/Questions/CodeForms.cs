using System.Text.Json;
using AttnPo.Core.Data.Rows;

namespace AttnPo.Core.Data.Questions;

/// <summary>Rows of programming tasks, whose answer is judged by running it.</summary>
internal static class CodeForms
{
    private static readonly string[] TestMembers = ["public_test_cases", "private_test_cases"];

    /// <summary>LiveCodeBench: statement, starter code, public and hidden tests.</summary>
    public static readonly RowForm LiveCodeBench = new(
        "livecodebench", "question_content and public_test_cases",
        row => TestMembers.Any(row.Has) || row.Has("question_content"),
        row =>
        {
            if (!row.Has("question_content"))
                throw new RowException("the statement, \"question_content\", is missing: the row holds tests alone, so there is nothing to ask");
            var starter = row.Has("starter_code") ? row.Text("starter_code") : "";
            var function = CodeTests.FunctionName(row);
            var tests = TestMembers.Where(row.Has).SelectMany(member => CodeTests.Cases(row, member));
            var question = CodeTests.Question(row.FilledText("question_content"), starter);
            return new(question, CodeTests.Gold(tests, function)) { Id = RowId.Of(row) };
        });

    /// <summary>A problem with the tests beside it: inputs and outputs, or assertions in Python.</summary>
    public static readonly RowForm Tests = new(
        "problem and tests", "problem, and tests (a list of input and output, or functional: assertions in Python)",
        row => row.Has("problem") && row.KindOf("tests") is JsonValueKind.Array or JsonValueKind.Object && row.Has("tests"),
        row => row.KindOf("tests") == JsonValueKind.Array
            ? new(CodeTests.Question(row.FilledText("problem"), starter: ""),
                CodeTests.Gold(CodeTests.Cases(row, "tests"), function: null)) { Id = RowId.Of(row) }
            : new(row.FilledText("problem"), CodeTests.Functional(row.Object("tests").FilledText("functional"))) { Id = RowId.Of(row) });
}
