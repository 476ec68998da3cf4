using System.Text.Json;
using AttnPo.Core.Data.Rows;
using AttnPo.Core.Verification;
using AttnPo.Core.Verification.Code;

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
            {
                throw new RowException(
                    "the statement, \"question_content\", is missing: the row holds tests alone, so there is nothing to ask");
            }
            var starter = row.Has("starter_code") ? row.Text("starter_code") : "";
            var question = Question(row.FilledText("question_content"), starter);
            return new(question, Gold(row, TestMembers.Where(row.Has), FunctionName(row))) { Id = RowId.Of(row) };
        });

    /// <summary>
    /// A problem with the tests beside it: inputs and outputs, or assertions in Python, whose problem says what to complete.
    /// </summary>
    public static readonly RowForm Tests = new(
        "problem and tests", "problem, and tests (a list of input and output, or functional: assertions in Python)",
        row => row.Has("problem") && row.KindOf("tests") is JsonValueKind.Array or JsonValueKind.Object,
        row =>
        {
            var problem = row.FilledText("problem");
            var question = row.KindOf("tests") == JsonValueKind.Array ? Question(problem, starter: "") : problem;
            return new(question, Gold(row, ["tests"])) { Id = RowId.Of(row) };
        });

    /// <summary>The tests of some members, in their order, as programs are judged by them.</summary>
    /// <param name="row">The row.</param>
    /// <param name="members">Names of members, each of a form that <see cref="PublishedTests"/> reads, or packed.</param>
    /// <param name="function">Name of the function that functional tests call; null where the row names none.</param>
    public static Gold Gold(Row row, IEnumerable<string> members, string? function = null)
    {
        CodeTest[] tests = [.. members.SelectMany(member => TestsOf(row, member, function).Tests)];
        try
        {
            return new(new CodeTests(tests).ToJson(), AnswerKind.Code);
        }
        catch (FormatException e)
        {
            throw new RowException(e.Message);
        }
    }

    private static CodeTests TestsOf(Row row, string member, string? function)
    {
        if (row.KindOf(member) != JsonValueKind.String) return row.Parsed(member, tests => PublishedTests.Read(tests, function));
        var text = row.Text(member);
        if (text.AsSpan().TrimStart() is not ['[' or '{', ..]) text = PackedTests.Unpack(member, text);
        return row.Parsed(member, _ => PublishedTests.Read(text, function));
    }

    // As LiveCodeBench has it: an object, or the text of one.
    private static string? FunctionName(Row row)
    {
        if (!row.Has("metadata")) return null;
        if (row.KindOf("metadata") != JsonValueKind.String) return NameIn(row.Object("metadata"));
        try
        {
            using var document = JsonDocument.Parse(row.Text("metadata"));
            return document.RootElement.ValueKind == JsonValueKind.Object ? NameIn(new Row(document.RootElement)) : null;
        }
        catch (JsonException)
        {
            throw new RowException("\"metadata\" is a text that is no JSON object");
        }

        static string? NameIn(Row metadata) => metadata.Has("func_name") ? metadata.FilledText("func_name") : null;
    }

    private static string Question(string statement, string starter) => starter.Trim().Length == 0
        ? $"{statement.Trim()}\n\nWrite a Python program that reads standard input and prints the answer. "
            + "Put it in one code block: ```python ... ```."
        : $"{statement.Trim()}\n\nComplete this Python code and put all of it in one code block: ```python ... ```.\n\n"
            + $"```python\n{starter.Trim('\n')}\n```";
}
