namespace AttnPo.Host.Settings;

/// <summary>
/// The shape of a HOCON text: which line each key stands on, and whether its brackets and quotes close. Akka's parser gives no
/// line numbers and reads a text that breaks off in the middle as if it were whole, so this looks at the text itself.
/// </summary>
internal sealed class HoconOutline
{
    private readonly Dictionary<string, int> _lines = [];
    private readonly Stack<(char Closes, string Path, int Line)> _open = new();
    private readonly System.Text.StringBuilder _word = new();
    private int _wordLine;
    private bool _inValue;

    private HoconOutline()
    {
    }

    /// <summary>What is wrong with the shape, with its line; null where it is sound.</summary>
    public (string Problem, int Line)? Defect { get; private set; }

    /// <summary>1-based line of a key's last writing, or of the nearest group around it; 0 where neither is found.</summary>
    public int LineOf(string path)
    {
        for (var at = path; at.Length > 0; at = at.Contains('.') ? at[..at.LastIndexOf('.')] : "")
            if (_lines.TryGetValue(at, out var line)) return line;
        return 0;
    }

    /// <summary>Reads the shape of a text.</summary>
    public static HoconOutline Of(string text)
    {
        var outline = new HoconOutline();
        outline.Scan(text);
        return outline;
    }

    private string Group => _open.TryPeek(out var top) ? top.Path : "";

    private bool InList => _open.TryPeek(out var top) && top.Closes == ']';

    private void Scan(string text)
    {
        var line = 1;
        for (var i = 0; i < text.Length && Defect is null; i++)
        {
            var c = text[i];
            if (c == '#' || (c == '/' && i + 1 < text.Length && text[i + 1] == '/'))
            {
                while (i + 1 < text.Length && text[i + 1] != '\n') i++;
                continue;
            }

            switch (c)
            {
                case '"':
                    var end = text.AsSpan(i).StartsWith("\"\"\"") ? Close(text, i + 3, "\"\"\"") : Close(text, i + 1, "\"");
                    if (end < 0) Defect = ("a quoted text does not end", line);
                    else
                    {
                        if (!_inValue) Add(text[(i + 1)..(end - 1)], line);
                        line += text.AsSpan(i, end - i).Count('\n');
                        i = end - 1;
                    }

                    break;
                case '{':
                    var path = InList ? Group : Named();
                    if (path.Length > 0) _lines[path] = _word.Length > 0 ? _wordLine : line;
                    _open.Push(('}', path, line));
                    Forget();
                    break;
                case '[':
                    _open.Push((']', Group, line));
                    break;
                case '}' or ']':
                    if (!_open.TryPop(out var top) || top.Closes != c) Defect = ($"'{c}' closes nothing", line);
                    _inValue = false;
                    _word.Clear();
                    break;
                case '=' or ':' when !_inValue && !InList:
                    if (_word.Length == 0) Defect = ($"'{c}' has no key before it", line);
                    else _lines[Named()] = _wordLine;
                    _inValue = true;
                    break;
                case '\n' or ',':
                    if (!_inValue && !InList && _word.ToString().Trim().Length > 0 && !OpensBelow(text, i))
                        Defect = ($"\"{_word.ToString().Trim()}\" is neither KEY = VALUE nor a group", _wordLine);
                    else if (!InList && (_inValue || _word.ToString().Trim().Length == 0)) Forget();
                    if (c == '\n') line++;
                    break;
                default:
                    if (!_inValue && c != '\r' && c != '+') Add(c.ToString(), line);
                    break;
            }
        }

        if (Defect is null && _open.TryPeek(out var unclosed))
            Defect = ($"the '{(unclosed.Closes == '}' ? '{' : '[')}' opened here is never closed", unclosed.Line);
        if (Defect is null && !_inValue && _word.ToString().Trim() is { Length: > 0 } rest)
            Defect = ($"\"{rest}\" is neither KEY = VALUE nor a group", _wordLine);
    }

    private void Add(string text, int line)
    {
        if (_word.Length == 0)
        {
            text = text.TrimStart();
            if (text.Length == 0) return;
            _wordLine = line;
        }

        _word.Append(text);
    }

    private void Forget()
    {
        _word.Clear();
        _inValue = false;
    }

    private string Named()
    {
        var key = _word.ToString().Trim();
        return Group.Length == 0 ? key : key.Length == 0 ? Group : Group + "." + key;
    }

    private static bool OpensBelow(string text, int at) => text.AsSpan(at).TrimStart() is ['{', ..];

    private static int Close(string text, int from, string quote)
    {
        for (var i = from; i < text.Length; i++)
        {
            if (quote.Length == 1 && text[i] == '\n') return -1;
            if (quote.Length == 1 && text[i] == '\\') i++;
            else if (text.AsSpan(i).StartsWith(quote)) return i + quote.Length;
        }

        return -1;
    }
}
