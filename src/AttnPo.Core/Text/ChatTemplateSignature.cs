using System.Security.Cryptography;
using System.Text;
using System.Text.RegularExpressions;

namespace AttnPo.Core.Text;

/// <summary>
/// By what a published Jinja template is told from all others: the hash of all its tags in their order. Only what Jinja itself passes over
/// may differ: comments, white space that is not written out, quotes and line ends. Anything else may change prompts, and a template that
/// renders other prompts than those the model was trained on must not pass for the published one; so one that was revised where it would
/// not matter, in what it tells about tools say, is unknown as well.
/// </summary>
internal static partial class ChatTemplateSignature
{
    // A text in Jinja, with what it escapes; no quote within it ends it or the tag around it.
    private const string Quoted = @"'(?:[^'\\]|\\.)*'|""(?:[^""\\]|\\.)*""";

    private static readonly Dictionary<string, string> Known = new()
    {
        ["3508c9917f3153a672936f9a4dcfe63f3d799a4f389e02cf3dc80260644bca75"] = "qwen2.5",
        ["4717b2168dcd76f7e748fa7a4e9d9fdde74e781e73d752c6ca782f5f9de1d1af"] = "qwen2.5-math",
        ["650ad0382452912887bf5d613d94cc34bd0f2eed3a08ca643a3cad6f068f63c1"] = "qwen3",
        // As first published, before contents that are no text were provided for.
        ["ea24939e218f9a5ab7dc252b23da166ec313864e65f963ad82388014efe0498c"] = "qwen3",
        ["1fab0786ea02237afaae5c7bb0b67d5b0068237c81b434aca015211f1066199f"] = "deepseek-r1",
    };

    /// <summary>The name of the template that a Jinja text renders; null where it is none of the known.</summary>
    public static string? NameOf(string jinja) => Canonical(jinja) is { } tags
        ? Known.GetValueOrDefault(Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(tags))))
        : null;

    // The tags one a line; null where a text stands between them that would be written out, for no known template has any.
    private static string? Canonical(string jinja)
    {
        var text = jinja.Replace("\r\n", "\n", StringComparison.Ordinal).Replace('\r', '\n');
        // Jinja leaves out the line end that a file closes with.
        if (text.EndsWith('\n')) text = text[..^1];
        var tags = new StringBuilder();
        var trimmed = false;
        for (var at = 0; at < text.Length;)
        {
            var piece = Piece().Match(text, at);
            if (!piece.Success) return null;
            if (piece.Groups["gap"].Length > 0 && !trimmed && piece.Groups["left"].Length == 0) return null;
            trimmed = piece.Groups["right"].Length > 0;
            at += piece.Length;
            if (!piece.Groups["open"].Success) continue;
            tags.Append(piece.Groups["open"].ValueSpan);
            foreach (Match token in Token().Matches(piece.Groups["body"].Value)) tags.Append(' ').Append(Spelled(token.Value));
            tags.Append('\n');
        }
        return tags.ToString();
    }

    private static string Spelled(string token) => token[0] is '\'' or '"'
        ? $"'{EscapedOrQuote().Replace(token[1..^1], part => part.Value switch { "\\\"" => "\"", "'" => "\\'", var other => other })}'"
        : token;

    // A comment, a statement or an output, with the white space in front of it and the marks that take white space away. Each begins where
    // the one before ended, so that reading takes time linear in the text, whatever it is.
    [GeneratedRegex(
        @"\G(?<gap>[ \t\n]*)(?:\{#(?<left>-?).*?(?<right>-?)#\}"
            + @"|(?<open>\{%)(?<left>-?)(?<body>(?>(?:" + Quoted + @"|(?!-?%\})[^'""])*))(?<right>-?)%\}"
            + @"|(?<open>\{\{)(?<left>-?)(?<body>(?>(?:" + Quoted + @"|(?!-?\}\})[^'""])*))(?<right>-?)\}\})",
        RegexOptions.Singleline)]
    private static partial Regex Piece();

    [GeneratedRegex(Quoted + @"|[A-Za-z0-9_]+|[=!<>]=|//|\*\*|[^ \t\n]", RegexOptions.Singleline)]
    private static partial Regex Token();

    [GeneratedRegex(@"\\.|'", RegexOptions.Singleline)]
    private static partial Regex EscapedOrQuote();
}
