using System.CommandLine;
using System.Globalization;
using System.Numerics;

namespace AttnPo.Host.Commands;

/// <summary>Bounds on the values of options, checked while arguments are parsed.</summary>
internal static class OptionRanges
{
    /// <summary>The option refuses values below a bound.</summary>
    public static Option<T> AtLeast<T>(this Option<T> option, T least)
        where T : INumber<T>
    {
        option.Validators.Add(result =>
        {
            if (result.Errors.Any() || result.Implicit) return;
            if (result.GetValueOrDefault<T>() is not { } value || !(value >= least))
                result.AddError(string.Create(CultureInfo.InvariantCulture, $"{option.Name}: expected a number of at least {least}."));
        });
        return option;
    }
}
