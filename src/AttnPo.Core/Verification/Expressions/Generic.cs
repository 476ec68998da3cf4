using System.Text;

namespace AttnPo.Core.Verification.Expressions;

/// <summary>Values that stand for "any": the same for the same name, in no relation to those of others.</summary>
internal static class Generic
{
    // What differs far from 0, or close to it alone, differs.
    private static readonly BigFloat[] Scales = [1, 1, 10, 1, BigFloat.One / 10, 100, 1, 10, 10_000, 100, 1, BigFloat.One / 100];

    /// <summary>A real number from 0.5 to 1.5.</summary>
    public static BigFloat Value(string name) => BigFloat.Of((Hash(name, 0) >> 11) | 1, -53) + BigFloat.Of(1, -1);

    /// <summary>
    /// The real value of a variable at a point: around 1 in magnitude at most points, much larger or smaller at some. At the first point all are positive, at the second
    /// negative, and of either sign at the others.
    /// </summary>
    public static BigFloat Real(string name, int point)
    {
        var bits = Hash(name, point + 1);
        var value = (BigFloat.Of((bits >> 11) | 1, -51) + BigFloat.Of(1, -2)) * Scales[point % Scales.Length];
        return point is 1 or 5 || (point > 2 && (bits & 1) == 1) ? -value : value;
    }

    /// <summary>The whole value of a variable at a point: up to 60 at the first, to 400 and to a million at later ones.</summary>
    public static BigFloat Whole(string name, int point) =>
        BigFloat.Of((Hash(name, point + 1) >> 8) % (point < 6 ? 60UL : point < 12 ? 400UL : 1_000_000UL) + 1, 0);

    // FNV-1a with a finishing mix: it need not be strong, only the same everywhere.
    private static ulong Hash(string name, int salt)
    {
        var hash = 14695981039346656037UL + (ulong)salt * 0x9E3779B97F4A7C15UL;
        foreach (var b in Encoding.UTF8.GetBytes(name)) hash = (hash ^ b) * 1099511628211UL;
        hash ^= hash >> 31;
        hash *= 0xBF58476D1CE4E5B9UL;
        return hash ^ (hash >> 29);
    }
}
