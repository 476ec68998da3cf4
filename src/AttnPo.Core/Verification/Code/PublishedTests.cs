using System.Text.Json;

namespace AttnPo.Core.Verification.Code;

/// <summary>
/// Tests as published sets hold them: a list of <c>{"input","output"}</c> with or without <c>"testtype"</c> <c>stdin</c> or
/// <c>functional</c> (LiveCodeBench, Codeforces), or <c>{"functional": Python assertions}</c> (LeetCode); or those of
/// <see cref="CodeTests"/> itself, <c>{"tests":[...]}</c>. Each may be JSON within a text.
/// </summary>
public static class PublishedTests
{
    /// <summary>Reads them.</summary>
    /// <param name="tests">The member of a row.</param>
    /// <param name="function">Name of the function that functional tests call; null where the row names none.</param>
    /// <exception cref="FormatException">They are of no form that is known; the message says what was found.</exception>
    public static CodeTests Read(JsonElement tests, string? function = null)
    {
        try
        {
            return tests.ValueKind switch
            {
                JsonValueKind.Array => new([.. tests.EnumerateArray().Select((test, index) => Case(test, index + 1, function))]),
                JsonValueKind.Object when Text(tests, "functional") is { } assertions => new([new AssertionTest(assertions)]),
                JsonValueKind.Object when tests.TryGetProperty("tests", out _) => CodeTests.Parse(tests.GetRawText()),
                JsonValueKind.String => Read(tests.GetString()!, function),
                _ => throw new FormatException("the tests are no list of {\"input\",\"output\"} and no {\"functional\"}"),
            };
        }
        catch (InvalidOperationException)
        {
            // JSON can escape half of a surrogate pair, which is no text.
            throw new FormatException("the tests hold a text that is not valid Unicode");
        }
    }

    /// <summary>Reads them from the text of their JSON.</summary>
    /// <param name="json">A list or an object.</param>
    /// <param name="function">Name of the function that functional tests call; null where the row names none.</param>
    /// <exception cref="FormatException">They are of no form that is known; the message says what was found.</exception>
    public static CodeTests Read(string json, string? function = null)
    {
        try
        {
            using var inner = JsonDocument.Parse(json);
            if (inner.RootElement.ValueKind is JsonValueKind.Array or JsonValueKind.Object) return Read(inner.RootElement, function);
        }
        catch (JsonException)
        {
        }
        throw new FormatException("the tests are a text that holds no JSON list or object");
    }

    private static CodeTest Case(JsonElement test, int number, string? function)
    {
        if (test.ValueKind != JsonValueKind.Object || Text(test, "input") is not { } input || Text(test, "output") is not { } output)
            throw new FormatException($"test {number} is no {{\"input\",\"output\"}} of texts");
        return (test.TryGetProperty("testtype", out _) ? Text(test, "testtype") : "stdin") switch
        {
            "stdin" => new ProgramTest(input, output),
            "functional" when function is not null => new FunctionTest(function, input, output),
            "functional" => throw new FormatException($"test {number} is functional, and the row names no function"),
            var type => throw new FormatException(
                $"test {number} has the testtype {type ?? "that is no text"}; expected stdin or functional"),
        };
    }

    private static string? Text(JsonElement parent, string name) =>
        parent.TryGetProperty(name, out var value) && value.ValueKind == JsonValueKind.String ? value.GetString() : null;
}
