using System.Text;
using System.Text.Json;
using AttnPo.Core.Data.Rows;
using AttnPo.Core.Verification;

namespace AttnPo.Core.Data.Questions;

/// <summary>One test of a program.</summary>
/// <param name="Input">What it reads, or the arguments of a function, a JSON value a line.</param>
/// <param name="Output">What is expected of it.</param>
/// <param name="Type"><c>stdin</c> or <c>functional</c>.</param>
internal readonly record struct TestCase(string Input, string Output, string Type);

/// <summary>Programming tasks as a user asks them, and their tests as <see cref="AnswerKind.Code"/> takes them.</summary>
internal static class CodeTests
{
    /// <summary>The tests of a member: a list, or the text of one, plain or as LiveCodeBench packs its hidden ones.</summary>
    public static IReadOnlyList<TestCase> Cases(Row row, string member)
    {
        if (row.KindOf(member) != JsonValueKind.String) return CasesOf(member, row.Member(member));
        var text = row.Text(member);
        if (!text.AsSpan().TrimStart().StartsWith('[')) text = PackedTests.Unpack(member, text);
        try
        {
            using var document = JsonDocument.Parse(text);
            return CasesOf(member, document.RootElement);
        }
        catch (JsonException)
        {
            throw new RowException($"\"{member}\" is a text that is no JSON list of tests");
        }
    }

    /// <summary>The name of the function that tests call, as LiveCodeBench has it; null where they run a program.</summary>
    public static string? FunctionName(Row row)
    {
        if (!row.Has("metadata")) return null;
        try
        {
            using var document = JsonDocument.Parse(row.KindOf("metadata") == JsonValueKind.String ? row.Text("metadata") : "{}");
            var metadata = row.KindOf("metadata") == JsonValueKind.String ? new Row(document.RootElement) : row.Object("metadata");
            return document.RootElement.ValueKind == JsonValueKind.Object && metadata.Has("func_name")
                ? metadata.FilledText("func_name") : null;
        }
        catch (JsonException)
        {
            throw new RowException("\"metadata\" is a text that is no JSON object");
        }
    }

    /// <summary>A statement, and what is to be answered.</summary>
    public static string Question(string statement, string starter) => starter.Trim().Length == 0
        ? $"{statement.Trim()}\n\nWrite a Python program that reads standard input and prints the answer. "
            + "Put it in one code block: ```python ... ```."
        : $"{statement.Trim()}\n\nComplete this Python code and put all of it in one code block: ```python ... ```.\n\n"
            + $"```python\n{starter.Trim('\n')}\n```";

    /// <summary>Tests as JSON: a list of objects with input, output, testtype, and func_name where a function is called.</summary>
    public static Gold Gold(IEnumerable<TestCase> tests, string? function)
    {
        using var bytes = new MemoryStream();
        var count = 0;
        using (var json = new Utf8JsonWriter(bytes))
        {
            json.WriteStartArray();
            foreach (var test in tests)
            {
                json.WriteStartObject();
                json.WriteString("input", test.Input);
                json.WriteString("output", test.Output);
                json.WriteString("testtype", test.Type);
                if (function is not null && test.Type == "functional") json.WriteString("func_name", function);
                json.WriteEndObject();
                count++;
            }
            json.WriteEndArray();
        }
        if (count == 0) throw new RowException("there is no test");
        return new(Encoding.UTF8.GetString(bytes.GetBuffer(), 0, (int)bytes.Length), AnswerKind.Code);
    }

    /// <summary>Assertions as JSON: an object with functional.</summary>
    public static Gold Functional(string assertions)
    {
        using var bytes = new MemoryStream();
        using (var json = new Utf8JsonWriter(bytes))
        {
            json.WriteStartObject();
            json.WriteString("functional", assertions);
            json.WriteEndObject();
        }
        return new(Encoding.UTF8.GetString(bytes.GetBuffer(), 0, (int)bytes.Length), AnswerKind.Code);
    }

    private static IReadOnlyList<TestCase> CasesOf(string member, JsonElement list)
    {
        if (list.ValueKind != JsonValueKind.Array || list.EnumerateArray().Any(item => item.ValueKind != JsonValueKind.Object))
            throw new RowException($"\"{member}\" is not a list of tests with input and output");
        return [.. list.EnumerateArray().Select(item => Case(member, new Row(item)))];
    }

    private static TestCase Case(string member, Row test)
    {
        var type = test.Has("testtype") ? test.Text("testtype") : "stdin";
        return type is "stdin" or "functional"
            ? new(test.Text("input"), test.Text("output"), type)
            : throw new RowException($"\"{member}\" holds a test of type \"{type}\"; known are stdin and functional");
    }
}
