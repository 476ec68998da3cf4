using System.CommandLine;
using System.Globalization;
using System.Numerics;

namespace AttnPo.Host.Commands;

/// <summary>Bounds on the values of options, checked while arguments are parsed.</summary>
internal static class OptionRanges
{
    /// <summary>The option refuses values below a bound.</summary>
    public static Option<T> AtLeast<T>(this Option<T> option, T least)
        where T : INumber<T> =>
        option.Within(value => value >= least, string.Create(CultureInfo.InvariantCulture, $"a number of at least {least}"));

    /// <summary>The option refuses values that do not meet a condition, and what is no value at all.</summary>
    public static Option<T> Within<T>(this Option<T> option, Func<T, bool> holds, string expected)
    {
        option.Validators.Add(result =>
        {
            if (result.Errors.Any() || result.Implicit) return;
            try
            {
                if (result.GetValueOrDefault<T>() is { } value && holds(value)) return;
            }
            catch (InvalidOperationException)
            {
                // What stands there cannot be converted; the parser tells so itself, but not before it is asked.
            }

            result.AddError($"{option.Name}: expected {expected}.");
        });
        return option;
    }
}
