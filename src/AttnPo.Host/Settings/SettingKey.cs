using System.Globalization;
using AttnPo.Host.Models;

namespace AttnPo.Host.Settings;

/// <summary>One key that settings may hold: its path, its type and its range. Its default stands in attnpo.conf alone.</summary>
/// <param name="Path">Dotted path, e.g. credit.lambda.</param>
internal abstract record SettingKey(string Path)
{
    /// <summary>
    /// False for keys that change where and how a run reports or how far it goes, never what a step computes: they stay out of the
    /// settings hash. <see cref="ResolvedSettings.Decides"/> knows the exception.
    /// </summary>
    public bool AffectsResult { get; init; } = true;

    /// <summary>
    /// For a key that came after runs had been begun: the written value at which a run does what it did without the key. There the key
    /// stays out of the settings hash, so that such a run goes on. Null: the key was there from the first.
    /// </summary>
    public string? Neutral { get; init; }

    /// <summary>False for keys of one start alone: settings.conf names them in a comment, which the next start does not read.</summary>
    public bool Persists { get; init; } = true;

    /// <summary>What a value must be, as an error message says it.</summary>
    public abstract string Expected { get; }

    /// <summary>What is wrong with a text that <see cref="Read"/> does not take, and what was expected.</summary>
    public virtual string ProblemOf(RawSetting raw) => $"{raw.Shown} is not {Expected}";

    /// <summary>The typed value, or null where the text is not one.</summary>
    public abstract object? Read(RawSetting raw);

    /// <summary>The value as HOCON; <see cref="Read"/> of it gives the same value.</summary>
    public abstract string Write(object value);

    private protected static string Quote(string text) =>
        "\"" + text.Replace("\\", "\\\\", StringComparison.Ordinal).Replace("\"", "\\\"", StringComparison.Ordinal)
            .Replace("\n", "\\n", StringComparison.Ordinal).Replace("\r", "\\r", StringComparison.Ordinal)
            .Replace("\t", "\\t", StringComparison.Ordinal) + "\"";
}

/// <summary>A whole number; <paramref name="Word"/> is a word allowed in its place (read as -1), e.g. auto.</summary>
internal sealed record IntegerKey(string Path, long Min, long Max = long.MaxValue, string? Word = null) : SettingKey(Path)
{
    public override string Expected =>
        "a whole number " + (Max == long.MaxValue ? $"of at least {Min}" : $"from {Min} to {Max}") + (Word is null ? "" : $", or {Word}");

    public override object? Read(RawSetting raw)
    {
        if (Word is not null && raw.Scalar == Word) return -1L;
        return long.TryParse(raw.Scalar, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var number)
            && number >= Min && number <= Max ? number : null;
    }

    public override string Write(object value) => (long)value == -1 && Word is not null ? Word : ((long)value).ToString(CultureInfo.InvariantCulture);
}

/// <summary>
/// A real number; the ends of the range belong to it unless <paramref name="Open"/> excludes the lower one. <paramref name="Word"/>
/// is a word allowed in its place (read as not a number), e.g. auto.
/// </summary>
internal sealed record RealKey(string Path, double Min, double Max = double.PositiveInfinity, bool Open = false, string? Word = null) : SettingKey(Path)
{
    public override string Expected =>
        "a number " + (Open ? "greater than " : "of at least ") + Min.ToString(CultureInfo.InvariantCulture)
        + (double.IsPositiveInfinity(Max) ? "" : " and at most " + Max.ToString(CultureInfo.InvariantCulture))
        + (Word is null ? "" : $", or {Word}");

    public override object? Read(RawSetting raw)
    {
        if (Word is not null && raw.Scalar == Word) return double.NaN;
        return double.TryParse(raw.Scalar, NumberStyles.Float, CultureInfo.InvariantCulture, out var number)
            && double.IsFinite(number) && (Open ? number > Min : number >= Min) && number <= Max ? number : null;
    }

    public override string Write(object value) =>
        double.IsNaN((double)value) ? Word! : ((double)value).ToString("R", CultureInfo.InvariantCulture);
}

/// <summary>true or false.</summary>
internal sealed record FlagKey(string Path) : SettingKey(Path)
{
    public override string Expected => "true or false";

    public override object? Read(RawSetting raw) => raw.Scalar switch { "true" or "on" or "yes" => true, "false" or "off" or "no" => false, _ => null };

    public override string Write(object value) => (bool)value ? "true" : "false";
}

/// <summary>One word of a few.</summary>
internal sealed record ChoiceKey(string Path, params string[] Words) : SettingKey(Path)
{
    public override string Expected => "one of " + string.Join(", ", Words);

    public override object? Read(RawSetting raw) => raw.Scalar is { } text && Words.Contains(text) ? text : null;

    public override string Write(object value) => (string)value;
}

/// <summary>Text that <paramref name="Accepts"/> takes.</summary>
internal sealed record TextKey(string Path, string What, Func<string, bool> Accepts) : SettingKey(Path)
{
    public override string Expected => What;

    public override object? Read(RawSetting raw) => raw.Scalar is { } text && Accepts(text) ? text : null;

    public override string Write(object value) => Quote((string)value);
}

/// <summary>
/// A list of at least <paramref name="Least"/> items that <paramref name="Accepts"/> takes; <paramref name="Word"/> is a word allowed
/// in place of the list.
/// </summary>
internal sealed record ListKey(string Path, string What, Func<string, bool> Accepts, string? Word = null, int Least = 0) : SettingKey(Path)
{
    /// <summary>Why an item is not accepted, where that says more than <see cref="Expected"/>; null from it: it is.</summary>
    public Func<string, string?>? WhyNot { get; init; }

    public override string Expected => What;

    public override string ProblemOf(RawSetting raw)
    {
        foreach (var item in WhyNot is null ? [] : raw.List ?? [])
            if (WhyNot!(item) is { } reason) return $"\"{item}\": {reason}";
        return base.ProblemOf(raw);
    }

    public override object? Read(RawSetting raw)
    {
        if (raw.List is null) return Word is not null && raw.Scalar == Word ? new[] { Word } : null;
        return raw.List.Count >= Least && raw.List.All(Accepts) ? raw.List.ToArray() : null;
    }

    public override string Write(object value) =>
        (string[])value is [var only] && only == Word ? only : "[" + string.Join(", ", ((string[])value).Select(Quote)) + "]";
}

/// <summary>A number of bytes with its unit, e.g. 1GiB; written as bytes alone.</summary>
internal sealed record SizeKey(string Path, long Min) : SettingKey(Path)
{
    public override string Expected => $"{ByteSize.Expected}, at least {Write(Min)}";

    public override object? Read(RawSetting raw) => raw.Scalar is { } text && ByteSize.Parse(text) is { } bytes && bytes >= Min ? bytes : null;

    public override string Write(object value) => ((long)value).ToString(CultureInfo.InvariantCulture);
}

/// <summary>A length of time with its unit, e.g. 300s; without a <paramref name="Max"/> as long as a year.</summary>
internal sealed record DurationKey(string Path, TimeSpan Min, TimeSpan? Max = null) : SettingKey(Path)
{
    private static readonly (string Unit, double Seconds)[] Units = [("ms", 0.001), ("s", 1), ("m", 60), ("h", 3600)];

    public override string Expected =>
        $"a time with its unit (ms, s, m or h) of at least {Write(Min)}"
        + (Max is { } most ? $" and at most {Write(most)}" : "") + ", e.g. 300s";

    public override object? Read(RawSetting raw)
    {
        foreach (var (unit, seconds) in Units)
            if (raw.Scalar is { } text && text.EndsWith(unit, StringComparison.Ordinal)
                && double.TryParse(text[..^unit.Length], NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out var count)
                && count * seconds <= (Max ?? TimeSpan.FromDays(365)).TotalSeconds)
                return TimeSpan.FromSeconds(count * seconds) is var time && time >= Min ? time : null;
        return null;
    }

    public override string Write(object value) => ((TimeSpan)value).TotalMilliseconds.ToString("R", CultureInfo.InvariantCulture) + "ms";
}
