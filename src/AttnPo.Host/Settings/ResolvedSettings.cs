using System.Security.Cryptography;
using System.Text;

namespace AttnPo.Host.Settings;

/// <summary>A value of every key, with where it comes from: checked, but not yet bound to the stages' records.</summary>
internal sealed class ResolvedSettings
{
    private readonly Dictionary<string, (object Value, SettingSource Source)> _values;

    internal ResolvedSettings(Dictionary<string, (object Value, SettingSource Source)> values) => _values = values;

    /// <summary>The typed value of a key.</summary>
    public T Get<T>(string path) => (T)_values[path].Value;

    /// <summary>A whole number that an int holds; the key's range says so.</summary>
    public int Integer(string path) => checked((int)Get<long>(path));

    /// <summary>Where a key's value was written.</summary>
    public SettingSource SourceOf(string path) => _values[path].Source;

    /// <summary>The value as HOCON.</summary>
    public string Written(string path) => SettingsSchema.Find(path)!.Write(_values[path].Value);

    /// <summary>The same settings with one value replaced, where a word such as auto has been decided.</summary>
    public ResolvedSettings With(string path, object value) =>
        new(new(_values) { [path] = (value, _values[path].Source) });

    /// <summary>
    /// Whether a key decides what a step computes. The number of steps does so only through a learning rate that falls to 0 at the
    /// last of them, the keys that say when and on what heads are watched only where heads are then chosen anew.
    /// </summary>
    public bool Decides(SettingKey key) => key.AffectsResult
        || (key.Path == "steps" && Get<string>("optimizer.schedule") != "constant")
        || (key.Path.StartsWith("heads.", StringComparison.Ordinal) && !double.IsNaN(Get<double>("heads.reselect")));

    /// <summary>
    /// SHA-256 over what decides the run's result: keys in force that affect it, in the order of the schema. Two runs with the
    /// same hash have the same weights after each step that both make.
    /// </summary>
    public string Hash()
    {
        var deciding = InForce().Where(Decides).Where(key => Written(key.Path) != key.Neutral);
        var text = string.Concat(deciding.Select(key => $"{key.Path} = {Written(key.Path)}\n"));
        return Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(text)));
    }

    /// <summary>Paths of the keys that decide the result and differ between two settings.</summary>
    public IEnumerable<string> DifferencesTo(ResolvedSettings other) =>
        from key in SettingsSchema.Keys
        where Decides(key)
        let mine = KeyEffects.WhySilent(this, key.Path) is null ? Written(key.Path) : null
        let theirs = KeyEffects.WhySilent(other, key.Path) is null ? other.Written(key.Path) : null
        where mine != theirs
        select key.Path;

    /// <summary>
    /// The text of settings.conf: every key in force with its source; the silent ones and those of this start alone as comments, so
    /// that the file can be used again.
    /// </summary>
    public string ToHocon()
    {
        var text = new StringBuilder("# Resolved settings of this run. Hash of what decides the result: ").Append(Hash()).Append('\n');
        var group = "";
        foreach (var key in SettingsSchema.Keys)
        {
            var keyGroup = key.Path.Contains('.') ? key.Path[..key.Path.IndexOf('.')] : "";
            if (keyGroup != group) text.Append('\n');
            group = keyGroup;
            var line = $"{key.Path} = {Written(key.Path)}";
            text.Append(
                KeyEffects.WhySilent(this, key.Path) is { } why ? $"# {line}   # no effect: {why}"
                : key.Persists ? $"{line}   # {SourceOf(key.Path)}"
                : $"# {line}   # of this start alone").Append('\n');
        }

        return text.ToString();
    }

    private IEnumerable<SettingKey> InForce() => SettingsSchema.Keys.Where(key => KeyEffects.WhySilent(this, key.Path) is null);
}
