using System.Text.RegularExpressions;
using Akka.Configuration;
using Akka.Configuration.Hocon;

namespace AttnPo.Host.Settings;

/// <summary>The values one file, or the command line, gives: raw texts by dotted path.</summary>
internal sealed partial class SettingsLayer
{
    private const int MaxFileBytes = 1 << 20;

    private readonly Dictionary<string, RawSetting> _values = [];

    private SettingsLayer(SettingOrigin origin) => Origin = origin;

    /// <summary>The kind of place.</summary>
    public SettingOrigin Origin { get; }

    /// <summary>Dotted path to value.</summary>
    public IReadOnlyDictionary<string, RawSetting> Values => _values;

    /// <summary>Reads a HOCON file; <paramref name="place"/> names it in errors, its path where not given.</summary>
    public static SettingsLayer FromFile(string path, SettingOrigin origin, string? place = null)
    {
        string text;
        try
        {
            if (new FileInfo(path).Length > MaxFileBytes) throw new SettingsException($"{path}: larger than {MaxFileBytes} bytes: not a settings file");
            text = File.ReadAllText(path);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new SettingsException($"{path}: cannot be read: {e.Message}");
        }

        return FromText(text, place ?? path, origin);
    }

    /// <summary>Reads HOCON; <paramref name="place"/> names it in errors.</summary>
    public static SettingsLayer FromText(string text, string place, SettingOrigin origin)
    {
        var outline = HoconOutline.Of(text);
        if (outline.Defect is { } defect) throw new SettingsException($"{place}:{defect.Line}: {defect.Problem}");
        var layer = new SettingsLayer(origin);
        HoconValue root;
        try
        {
            root = ConfigurationFactory.ParseString(text).Root;
        }
        catch (Exception e)
        {
            // Whatever the parser throws means a text it cannot read; it answers an include, which settings do not have, with a null reference.
            var reason = e is NullReferenceException ? "an include or a form of HOCON that settings do not have" : e.Message;
            throw new SettingsException($"{place}: not readable as HOCON: {reason}");
        }

        if (root.IsObject()) layer.Walk("", root, place, outline);
        return layer;
    }

    /// <summary>Reads --set KEY=VALUE arguments; a list is written with commas, an item that holds some in double quotes.</summary>
    public static SettingsLayer FromAssignments(IEnumerable<string> assignments)
    {
        var layer = new SettingsLayer(SettingOrigin.CommandLine);
        foreach (var assignment in assignments)
        {
            var at = assignment.IndexOf('=', StringComparison.Ordinal);
            if (at <= 0) throw new SettingsException($"--set {assignment}: expected KEY=VALUE, e.g. --set seed=7");
            var key = assignment[..at].Trim();
            var text = assignment[(at + 1)..].Trim();
            var source = new SettingSource(SettingOrigin.CommandLine, "--set", 0);
            if (text is ['[', .. var inner, ']']) layer._values[key] = new(null, Split(inner), source);
            else if (SettingsSchema.Find(key) is ListKey list && text != list.Word) layer._values[key] = new(null, Split(text), source);
            else layer._values[key] = new(Unquoted(text), null, source);
        }

        return layer;
    }

    private static string[] Split(string text) =>
        [.. Item().Matches(text).Select(item => item.Value.Trim()).Where(item => item.Length > 0).Select(Unquoted)];

    [GeneratedRegex("(\"[^\"]*\"|[^,])+")]
    private static partial Regex Item();

    private static string Unquoted(string text) => text is ['"', .. var inner, '"'] ? inner : text;

    private void Walk(string path, HoconValue value, string place, HoconOutline outline)
    {
        var source = new SettingSource(Origin, place, outline.LineOf(path));
        if (value.IsObject())
            foreach (var (key, child) in value.GetObject().Items)
                Walk(path.Length == 0 ? key.Trim('"') : path + "." + key.Trim('"'), child, place, outline);
        else if (value.Values.OfType<HoconArray>().Any())
            _values[path] = new(null, [.. value.GetArray().Select(item => item.GetString())], source);
        else
            _values[path] = new(value.IsString() ? value.GetString().Trim() : "", null, source);
    }
}
