using System.Globalization;
using System.Text;
using System.Text.Json;
using System.Text.RegularExpressions;

namespace AttnPo.Core.Verification.Code;

/// <summary>
/// Assertions in Python that only compare what a function returns with a constant: <c>def check(candidate):</c>, lines of
/// <c>assert candidate(name = value, ...) == value</c>, and <c>check(Solution().name)</c> or <c>check(name)</c>. Made calls, they are
/// judged outside of the program's reach, which assertions run beside it are not.
/// </summary>
internal sealed partial class PublishedAssertions
{
    private readonly string _code;
    private int _at;

    private PublishedAssertions(string code) => _code = code;

    /// <summary>The calls; null where there is anything else than those forms and numbers, texts, lists, True, False and None.</summary>
    public static IReadOnlyList<FunctionTest>? Calls(string code) => new PublishedAssertions(code.ReplaceLineEndings("\n")).Read();

    private List<FunctionTest>? Read()
    {
        var calls = new List<(string Arguments, string Result)>();
        if (Take(Head()) is null) return null;
        while (Take(Assertion()) is not null)
        {
            if (Arguments() is not { } arguments || Take(EqualTo()) is null || Value() is not { } result || Take(LineEnd()) is null)
                return null;
            calls.Add((arguments, result));
        }
        return calls.Count > 0 && Take(Check()) is { } check
            ? [.. calls.Select(call => new FunctionTest(check.Groups["function"].Value, call.Arguments, call.Result))] : null;
    }

    // After the opening parenthesis, up to and with the closing one.
    private string? Arguments()
    {
        var lines = new StringBuilder();
        while (Take(Close()) is null)
        {
            if (lines.Length > 0 && Take(Comma()) is null) return null;
            if (Take(Name()) is { } name) lines.Append(name.Groups["name"].Value).Append('=');
            if (Value() is not { } value) return null;
            lines.Append(value).Append('\n');
        }
        return lines.ToString();
    }

    // A constant, as JSON.
    private string? Value(int depth = 0)
    {
        const int deepest = 32;
        if (depth > deepest) return null;
        if (Take(Number()) is { } number) return number.Groups["value"].Value;
        if (Take(Word()) is { } word) return word.Groups["word"].Value switch { "True" => "true", "False" => "false", _ => "null" };
        if (Take(Quoted()) is { } quoted) return Unquoted(quoted.Groups["text"].Value) is { } text ? JsonSerializer.Serialize(text) : null;
        if (Take(Open()) is null) return null;
        var items = new List<string>();
        while (Take(End()) is null)
        {
            if (items.Count > 0 && Take(Comma()) is null) return null;
            if (Value(depth + 1) is not { } item) return null;
            items.Add(item);
        }
        return $"[{string.Join(',', items)}]";
    }

    // Null where it has an escape other than these.
    private static string? Unquoted(string text)
    {
        if (Escape().Replace(text, "").Contains('\\')) return null;
        return Escape().Replace(text, escape => escape.Value[1] switch
        {
            'n' => "\n",
            't' => "\t",
            'r' => "\r",
            'u' => ((char)int.Parse(escape.ValueSpan[2..], NumberStyles.HexNumber, CultureInfo.InvariantCulture)).ToString(),
            var other => other.ToString(),
        });
    }

    private Match? Take(Regex part)
    {
        if (part.Match(_code, _at) is not { Success: true } match) return null;
        _at += match.Length;
        return match;
    }

    [GeneratedRegex(@"\G\s*def check\(candidate\):[ \t]*\n")]
    private static partial Regex Head();

    [GeneratedRegex(@"\G\n*[ \t]+assert candidate\(")]
    private static partial Regex Assertion();

    [GeneratedRegex(@"\G\s*==[ \t]*")]
    private static partial Regex EqualTo();

    [GeneratedRegex(@"\G[ \t]*(?:\n|\z)")]
    private static partial Regex LineEnd();

    [GeneratedRegex(@"\G\n*check\((?:Solution\(\)\.)?(?<function>[A-Za-z_][A-Za-z0-9_]{0,200})\)\s*\z")]
    private static partial Regex Check();

    [GeneratedRegex(@"\G\s*\)")]
    private static partial Regex Close();

    [GeneratedRegex(@"\G\s*,")]
    private static partial Regex Comma();

    [GeneratedRegex(@"\G\s*\[")]
    private static partial Regex Open();

    [GeneratedRegex(@"\G\s*\]")]
    private static partial Regex End();

    [GeneratedRegex(@"\G\s*(?<name>[A-Za-z_][A-Za-z0-9_]*)\s*=(?!=)")]
    private static partial Regex Name();

    [GeneratedRegex(@"\G\s*(?<value>-?(?:0|[1-9][0-9]*)(?:\.[0-9]+)?(?:[eE][+-]?[0-9]+)?)(?![\w.])")]
    private static partial Regex Number();

    [GeneratedRegex(@"\G\s*(?<word>True|False|None)(?!\w)")]
    private static partial Regex Word();

    [GeneratedRegex("""\G\s*(?:"(?!"")(?<text>(?:[^"\\\n]|\\.)*)"|'(?!'')(?<text>(?:[^'\\\n]|\\.)*)')""")]
    private static partial Regex Quoted();

    [GeneratedRegex(@"\\(?:[\\'""ntr]|u(?![dD][89A-Fa-f])[0-9A-Fa-f]{4})")]
    private static partial Regex Escape();
}
