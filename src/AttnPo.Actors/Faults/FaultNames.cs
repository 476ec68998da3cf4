using System.Text.Json;
using AttnPo.Core.Text;

namespace AttnPo.Actors.Faults;

/// <summary>Names of points and actions as settings write them.</summary>
internal static class FaultNames
{
    /// <summary>The name of a value: lower case, words parted by hyphens.</summary>
    public static string Of<T>(T value)
        where T : struct, Enum => JsonNamingPolicy.KebabCaseLower.ConvertName(value.ToString());

    /// <summary>The value of a name.</summary>
    /// <param name="key">What the name stands behind, for the message.</param>
    /// <param name="name">As written.</param>
    /// <exception cref="FormatException">There is none; the message says which name is nearest, and all there are.</exception>
    public static T Read<T>(string key, string name)
        where T : struct, Enum
    {
        var values = Enum.GetValues<T>();
        foreach (var value in values)
            if (Of(value) == name) return value;
        var names = values.Select(Of).ToArray();
        throw new FormatException(
            $"{key}={name} is not known; the nearest is {EditDistance.Nearest(name, names)}, all are {string.Join(", ", names)}");
    }
}
