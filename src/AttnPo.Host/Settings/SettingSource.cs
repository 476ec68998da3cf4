namespace AttnPo.Host.Settings;

/// <summary>What kind of place a value comes from; a later one wins over an earlier one.</summary>
internal enum SettingOrigin
{
    /// <summary>attnpo.conf: every key, none of them asked for by anybody.</summary>
    Defaults,

    /// <summary>A file that was named by the user, or the embedded default's.</summary>
    File,

    /// <summary>--set on the command line.</summary>
    CommandLine,
}

/// <summary>Where a value was written.</summary>
/// <param name="Origin">The kind of place.</param>
/// <param name="Place">The file, or the option.</param>
/// <param name="Line">1-based line in the file; 0 where there is none.</param>
internal readonly record struct SettingSource(SettingOrigin Origin, string Place, int Line)
{
    /// <summary>file:line, as compilers write it.</summary>
    public override string ToString() => Line > 0 ? $"{Place}:{Line}" : Place;
}
