using Xunit;

namespace AttnPo.Gpu.Tests;

internal static class Numbers
{
    /// <summary>The largest difference; also printed by a failing assertion.</summary>
    public static void AssertWithin(double tolerance, IEnumerable<double> expected, IEnumerable<double> actual, string what)
    {
        var (left, right) = (expected.ToArray(), actual.ToArray());
        Assert.Equal(left.Length, right.Length);
        for (var i = 0; i < left.Length; i++)
        {
            Assert.True(Math.Abs(left[i] - right[i]) <= tolerance, $"{what}[{i}]: expected {left[i]:R}, got {right[i]:R}");
        }
    }

    public static IEnumerable<double> Doubles(this IEnumerable<float> values) => values.Select(v => (double)v);
}
