namespace AttnPo.Core.Verification.Reference;

/// <summary>
/// LaTeX as plain text, as the converter behind the published reward writes it: fractions as quotients without brackets, roots as
/// <c>√(x)</c>, symbols as Unicode has them, braces and unknown commands left out. It forgives: what closes nothing is passed over, and
/// what is open at the end is closed there.
/// </summary>
internal sealed class LatexText
{
    // Deeper than any answer; the text would be copied once for each level.
    private const int Deepest = 150;

    private static readonly string[] Pairs = ["---", "--", "``", "''", "!`", "?`"];
    private static readonly string[] Written = ["—", "–", "“", "”", "¡", "¿"];

    private readonly string _text;
    private int _at, _depth;
    private bool _failed;

    private LatexText(string text) => _text = text;

    private bool AtEnd => _at >= _text.Length;

    /// <summary>The text; null where it cannot be written: a root of nothing, or nesting without end.</summary>
    public static string? Of(string latex)
    {
        var reading = new LatexText(latex);
        var text = reading.Until(Stop.End).ToString();
        return reading._failed ? null : text;
    }

    /// <summary>What ends a part.</summary>
    private readonly record struct Stop(StopKind Kind, string Name = "")
    {
        public static readonly Stop End = new(StopKind.End), Brace = new(StopKind.Brace), Bracket = new(StopKind.Bracket);
    }

    private enum StopKind
    {
        End,
        Brace,
        Bracket,
        Math,
        Environment,
    }

    /// <summary>Reads up to what ends the part, and over it.</summary>
    private LatexPart Until(Stop stop)
    {
        var part = new LatexPart();
        if (++_depth > Deepest) (_failed, _at) = (true, _text.Length);
        while (!AtEnd && !Step(part, stop))
        {
        }
        _depth--;
        return part;
    }

    /// <summary>Reads one thing; whether it ended the part.</summary>
    private bool Step(LatexPart part, Stop stop)
    {
        var c = _text[_at];
        switch (c)
        {
            case '\\': return Backslash(part, stop);
            case '{':
                _at++;
                part.Append(Until(Stop.Brace).ToString());
                return false;
            case '[' when stop.Kind == StopKind.Bracket:
                _at++;
                part.Append(Until(Stop.Bracket).ToString());
                return false;
            case '}' or ']' when c == '}' || stop.Kind == StopKind.Bracket:
                _at++;
                return stop.Kind == (c == '}' ? StopKind.Brace : StopKind.Bracket);
            case '&':
                _at++;
                part.EndCell("   ");
                return false;
            case '~':
                _at++;
                part.Append("\u00A0");
                return false;
            default:
                part.Append(Plain(c));
                return false;
        }
    }

    private string Plain(char c)
    {
        for (var i = 0; i < Pairs.Length; i++)
            if (string.CompareOrdinal(_text, _at, Pairs[i], 0, Pairs[i].Length) == 0)
            {
                _at += Pairs[i].Length;
                return Written[i];
            }
        _at++;
        return c.ToString();
    }

    private bool Backslash(LatexPart part, Stop stop)
    {
        var start = _at;
        if (Name() is not { } name) return false;
        switch (name)
        {
            case "(" or "[":
                var content = Until(new Stop(StopKind.Math, name == "(" ? ")" : "]")).ToString().Trim();
                part.Append(name == "(" ? content : $"\n    {content.Replace("\n", "\n    ", StringComparison.Ordinal)}\n");
                return false;
            case ")" or "]":
                return stop == new Stop(StopKind.Math, name);
            case "begin" or "end":
                if (EnvironmentName() is not { } environment) part.Append(_text[start.._at]);
                else if (name == "end") return stop == new Stop(StopKind.Environment, environment);
                else part.Append(Environment(environment));
                return false;
        }
        SkipSpaces(name);
        var command = LatexCommands.Of(name);
        var written = command.Write(Arguments(command.Arguments));
        if (written is null) _failed = true;
        if (name == @"\") part.EndRow(written!);
        else part.Append(written ?? "");
        return false;
    }

    /// <summary>The name behind a backslash: letters, or any one character. Null for a backslash at the very end.</summary>
    private string? Name()
    {
        var start = ++_at;
        if (AtEnd) return null;
        do _at++;
        while (!AtEnd && char.IsLetter(_text[start]) && char.IsLetter(_text[_at]));
        return _text[start.._at];
    }

    /// <summary>Spaces belong to a command of letters in front of them; an empty line does not.</summary>
    private void SkipSpaces(string name)
    {
        if (!char.IsLetter(name[0])) return;
        while (!AtEnd && char.IsWhiteSpace(_text[_at]) && !(_text[_at] == '\n' && _at + 1 < _text.Length && _text[_at + 1] == '\n')) _at++;
    }

    private void SkipSpaces()
    {
        while (!AtEnd && char.IsWhiteSpace(_text[_at])) _at++;
    }

    private string? EnvironmentName()
    {
        var open = _at;
        while (open < _text.Length && char.IsWhiteSpace(_text[open])) open++;
        if (open == _text.Length || _text[open] != '{') return null;
        var close = open + 1;
        while (close < _text.Length && (char.IsLetterOrDigit(_text[close]) || "* ._-".Contains(_text[close]))) close++;
        if (close == open + 1 || close == _text.Length || _text[close] != '}') return null;
        _at = close + 1;
        return _text[(open + 1)..close];
    }

    /// <summary>The arguments of a command; none where the text ends before the last. Options that are not there are empty.</summary>
    private IReadOnlyList<string> Arguments(string expected)
    {
        var (before, arguments) = (_at, new List<string>());
        foreach (var kind in expected)
        {
            // Behind a line break a bracket that stands off is no option.
            if (kind == '[' && expected == "*[" && !AtEnd && char.IsWhiteSpace(_text[_at])) continue;
            var start = _at;
            SkipSpaces();
            if (kind == '{')
            {
                // A backslash alone at the end is no command.
                if (AtEnd || (_text[_at] == '\\' && _at == _text.Length - 1))
                {
                    _at = before;
                    return [];
                }
                arguments.Add(Expression());
            }
            else if (!AtEnd && _text[_at] == kind)
            {
                _at++;
                arguments.Add(kind == '[' ? Until(Stop.Bracket).ToString() : "*");
            }
            else
            {
                _at = start;
                arguments.Add("");
            }
        }
        return arguments;
    }

    /// <summary>One argument: what braces hold, one command without arguments of its own, or one character.</summary>
    private string Expression()
    {
        switch (_text[_at])
        {
            case '{':
                _at++;
                return Until(Stop.Brace).ToString();
            case '}':
                return "";
            case '\\':
                var start = _at;
                if (Name() is not { } name) return "";
                if (name == "end")
                {
                    _at = start;
                    return "";
                }
                SkipSpaces(name);
                var written = LatexCommands.Of(name).Write([]);
                if (written is null) _failed = true;
                return written ?? "";
            case '&':
                _at++;
                return "   ";
            case '~':
                _at++;
                return "\u00A0";
            default:
                return Plain(_text[_at]);
        }
    }

    private string Environment(string name)
    {
        Arguments(name is "array" ? "[{" : name is "tabular" ? "{" : "");
        var body = Until(new Stop(StopKind.Environment, name));
        return name switch
        {
            "array" or "pmatrix" or "bmatrix" or "smallmatrix" or "psmallmatrix" or "bsmallmatrix" => Matrix(body),
            "equation" or "equation*" or "eqnarray" or "eqnarray*" or "align" or "align*" or "multline" or "multline*" or "gather" or "gather*"
                => $"\n    {body.ToString().Trim().Replace("\n", "\n    ", StringComparison.Ordinal)}\n",
            _ => body.ToString(),
        };
    }

    private string Matrix(LatexPart body)
    {
        if (body.AsMatrix() is { } matrix) return matrix;
        _failed = true;
        return "";
    }
}
