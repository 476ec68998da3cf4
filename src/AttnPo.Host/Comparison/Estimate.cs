using System.Globalization;

namespace AttnPo.Host.Comparison;

/// <summary>A mean over seeds with its standard error (sample standard deviation over the square root of the count).</summary>
internal readonly record struct Estimate(double Mean, double StandardError, int Count)
{
    /// <summary>Of one value for each seed. One value alone has no standard error (NaN).</summary>
    public static Estimate Of(IReadOnlyList<double> values)
    {
        if (values.Count == 0) throw new ArgumentException("an estimate needs a value", nameof(values));
        var mean = values.Average();
        var squares = values.Sum(v => (v - mean) * (v - mean));
        return new Estimate(mean, values.Count > 1 ? Math.Sqrt(squares / (values.Count - 1) / values.Count) : double.NaN, values.Count);
    }

    /// <summary>mean ± standard error, scaled and with the given number of decimals.</summary>
    public string Text(double scale, int decimals, bool signed = false)
    {
        var format = (signed ? "+" : "") + "0" + (decimals > 0 ? "." + new string('0', decimals) : "");
        if (signed) format = $"{format};-{format[1..]}";
        var error = double.IsNaN(StandardError) ? "" : " ± " + (StandardError * scale).ToString($"F{decimals}", CultureInfo.InvariantCulture);
        return (Mean * scale).ToString(format, CultureInfo.InvariantCulture) + error;
    }
}
