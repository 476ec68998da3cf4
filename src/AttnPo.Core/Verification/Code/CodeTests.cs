using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Serialization;
using System.Text.RegularExpressions;

namespace AttnPo.Core.Verification.Code;

/// <summary>
/// The tests of a program, as the gold answer of <see cref="AnswerKind.Code"/> holds them: <c>{"tests":[...]}</c> with at least one of
/// <c>{"type":"program","input","output"}</c>, <c>{"type":"function","function","arguments","result"}</c> and
/// <c>{"type":"assertions","code"}</c>. A program is right where it passes all of them.
/// </summary>
/// <param name="Tests">From 1 to <see cref="MostTests"/>, in the order they are run.</param>
public sealed record CodeTests(IReadOnlyList<CodeTest> Tests)
{
    /// <summary>Tests at most.</summary>
    public const int MostTests = 1000;

    /// <summary>Characters of the JSON at most.</summary>
    public const int MostCharacters = 64 << 20;

    // Strict: no unknown, missing, repeated or null member. Texts stand for people to read.
    private static readonly JsonSerializerOptions Format = new(JsonSerializerOptions.Strict)
    {
        PropertyNamingPolicy = JsonNamingPolicy.CamelCase,
        AllowOutOfOrderMetadataProperties = true,
        Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
    };

    /// <summary>Reads tests.</summary>
    /// <exception cref="FormatException">The text holds something else; the message says what.</exception>
    public static CodeTests Parse(string json)
    {
        CheckLength(json);
        try
        {
            var tests = JsonSerializer.Deserialize<CodeTests>(json, Format) ?? throw new FormatException("the tests are null");
            tests.Check();
            return tests;
        }
        catch (Exception e) when (e is JsonException or NotSupportedException)
        {
            throw new FormatException($"the tests are no {{\"tests\":[...]}} as expected: {e.Message.ReplaceLineEndings(" ")}", e);
        }
    }

    /// <summary>Writes them; <see cref="Parse"/> reads them again.</summary>
    /// <exception cref="FormatException">They are no tests that could be read.</exception>
    public string ToJson()
    {
        Check();
        var json = JsonSerializer.Serialize(this, Format);
        CheckLength(json);
        return json;
    }

    private static void CheckLength(string json)
    {
        if (json.Length > MostCharacters)
            throw new FormatException($"the tests have {json.Length} characters; at most {MostCharacters} are read");
    }

    private void Check()
    {
        if (Tests.Count is 0 or > MostTests) throw new FormatException($"there are {Tests.Count} tests; expected 1 to {MostTests}");
        foreach (var (index, test) in Tests.Index())
            if ((test is null ? "it is null" : test.Fault) is { } fault) throw new FormatException($"test {index + 1}: {fault}");
    }
}

/// <summary>One test of a program.</summary>
[JsonPolymorphic(TypeDiscriminatorPropertyName = "type")]
[JsonDerivedType(typeof(ProgramTest), "program")]
[JsonDerivedType(typeof(FunctionTest), "function")]
[JsonDerivedType(typeof(AssertionTest), "assertions")]
public abstract partial record CodeTest
{
    // Only the three above, so that whoever judges knows them all.
    private protected CodeTest()
    {
    }

    /// <summary>Why it cannot be used; null where it can.</summary>
    internal abstract string? Fault { get; }

    private protected static string? JsonFault(string what, string json)
    {
        try
        {
            using var document = JsonDocument.Parse(json);
            return null;
        }
        catch (JsonException)
        {
            return $"{what} is no JSON value";
        }
    }

    [GeneratedRegex(@"^[A-Za-z_][A-Za-z0-9_]{0,200}\z")]
    private protected static partial Regex Name();
}

/// <summary>The whole program is run.</summary>
/// <param name="Input">Its standard input.</param>
/// <param name="Output">What it must write to standard output, as <see cref="ProgramOutput"/> compares it.</param>
public sealed record ProgramTest(string Input, string Output) : CodeTest
{
    internal override string? Fault => null;
}

/// <summary>A function of the program, or a method of its class Solution, is called.</summary>
/// <param name="Function">Its name.</param>
/// <param name="Arguments">A JSON value a line, in the order of its parameters; empty lines do not count.</param>
/// <param name="Result">What it must return, as JSON; a tuple is an array.</param>
public sealed record FunctionTest(string Function, string Arguments, string Result) : CodeTest
{
    internal override string? Fault =>
        (Name().IsMatch(Function) ? null : $"\"{Function}\" is no name of a function")
        ?? Arguments.Split('\n').Where(line => line.Trim().Length > 0)
            .Select(line => JsonFault("an argument", line)).FirstOrDefault(fault => fault is not null)
        ?? JsonFault("the result", Result);
}

/// <summary>
/// Statements are run after the program, in its names, and none may throw. They run beside the program, in one process: one that was
/// written against them could pass, which the other tests do not allow.
/// </summary>
/// <param name="Code">Python.</param>
public sealed record AssertionTest(string Code) : CodeTest
{
    internal override string? Fault => string.IsNullOrWhiteSpace(Code) ? "the code is empty" : null;
}
