using System.Globalization;
using System.Text.Json;
using AttnPo.Core.Evaluation;
using AttnPo.Host.Rows;
using Spectre.Console;

namespace AttnPo.Host.Evaluations;

/// <summary>An evaluation's figures for programs and for people.</summary>
internal static class EvaluationOutput
{
    /// <summary>One JSON object: the figures of the total, and under "sets" those of each data set.</summary>
    public static string Json(EvaluationReport report) => RowWriter.Line(json =>
    {
        Write(json, report.Total);
        json.WriteStartObject("sets");
        foreach (var set in report.Sets)
        {
            json.WriteStartObject(set.Name);
            Write(json, set);
            json.WriteEndObject();
        }

        json.WriteEndObject();
    });

    /// <summary>The table as plain lines.</summary>
    public static IEnumerable<string> Lines(EvaluationReport report)
    {
        var rows = Rows(report);
        int[] widths = [.. Enumerable.Range(0, rows[0].Length).Select(column => rows.Max(row => row[column].Length))];
        return rows.Select(
            row => string.Join("  ", row.Select((cell, i) => i == 0 ? cell.PadRight(widths[i]) : cell.PadLeft(widths[i]))).TrimEnd());
    }

    /// <summary>The table for a terminal.</summary>
    public static Table Table(EvaluationReport report)
    {
        var rows = Rows(report);
        var table = new Table().Border(TableBorder.Rounded);
        for (var i = 0; i < rows[0].Length; i++)
        {
            var column = new TableColumn(new Text(rows[0][i]));
            table.AddColumn(i == 0 ? column : column.RightAligned());
        }

        foreach (var row in rows.Skip(1)) table.AddRow(row.Select(cell => new Text(cell)));
        return table;
    }

    // A column a data set, a row a figure: figures are many, and differ in number.
    private static List<string[]> Rows(EvaluationReport report)
    {
        EvaluationFigures[] columns = report.Sets.Count == 1 ? [report.Sets[0]] : [.. report.Sets, report.Total];
        List<string[]> rows = [];
        void Add(string name, Func<EvaluationFigures, string?> value) => rows.Add([name, .. columns.Select(column => value(column) ?? "-")]);
        void AddIf(bool there, string name, Func<EvaluationFigures, string?> value)
        {
            if (there) Add(name, value);
        }

        Add("", figures => figures.Name);
        Add("questions", figures => Count(figures.Summary.Questions));
        Add("responses each", figures => Count(figures.Summary.Samples));
        Add("accuracy", figures => Share(figures.Summary.Accuracy));
        Add("  standard error", figures => Share(figures.Summary.AccuracyError));
        foreach (var k in columns.SelectMany(column => column.PassAt).Select(point => point.K).Where(k => k > 1).Distinct().Order())
            Add($"pass@{k}", figures => Share(At(figures.PassAt, k)));
        Add("tokens, mean", figures => Number(figures.Summary.TokensMean));
        Add("tokens, median", figures => Number(figures.Summary.TokensMedian));
        Add("truncated", figures => Percent(figures.Summary.Truncated));
        foreach (var budget in columns.SelectMany(column => column.Within).Select(point => point.Budget).Distinct().Order())
            Add($"accuracy within {budget} tokens", figures => Share(At(figures.Within, budget)));
        Add("malformed", figures => Count(figures.Summary.Malformed));
        Add("no answer", figures => Count(figures.Summary.NoAnswer));
        Add("over budget", figures => Count(figures.Summary.OverBudget));
        Add("failed", figures => Count(figures.Summary.Failed - figures.Summary.OverBudget));
        AddIf(
            columns.Any(column => column.Summary.RedundantShare is not null), "redundant steps", figures => Percent(figures.Summary.RedundantShare));
        AddIf(
            columns.Any(column => column.Summary.EssentialMissing is not null), "essential steps missing",
            figures => Percent(figures.Summary.EssentialMissing));
        AddIf(columns.Any(column => column.Efficiency is not null), "efficiency", figures => Format(figures.Efficiency, "0.000"));
        return rows;
    }

    private static double? At(IReadOnlyList<(int At, double Value)> points, int at) =>
        points.Where(point => point.At == at).Select(point => (double?)point.Value).FirstOrDefault();

    private static string Count(int count) => count.ToString(CultureInfo.InvariantCulture);

    private static string? Share(double? value) => Format(value, "0.0000");

    private static string? Percent(double? value) => Format(value, "0.00%");

    private static string? Number(double? value) => Format(value, "0.0");

    private static string? Format(double? value, string format) => value?.ToString(format, CultureInfo.InvariantCulture);

    private static void Write(Utf8JsonWriter json, EvaluationFigures figures)
    {
        var summary = figures.Summary;
        json.WriteNumber("n", summary.Questions);
        json.WriteNumber("samples", summary.Samples);
        json.WriteNumber("accuracy", summary.Accuracy);
        if (summary.AccuracyError is { } error) json.WriteNumber("accuracy_se", error);
        json.WriteNumber("pass_at_k", summary.PassAtK);
        WritePoints(json, "pass_at", figures.PassAt);
        json.WriteNumber("tokens_mean", summary.TokensMean);
        json.WriteNumber("tokens_median", summary.TokensMedian);
        json.WriteNumber("truncated", summary.Truncated);
        WritePoints(json, "accuracy_within", figures.Within);
        json.WriteNumber("malformed", summary.Malformed);
        json.WriteNumber("no_answer", summary.NoAnswer);
        json.WriteNumber("over_budget", summary.OverBudget);
        json.WriteNumber("failed", summary.Failed);
        if (summary.RedundantShare is { } redundant) json.WriteNumber("redundant_share", redundant);
        if (summary.EssentialMissing is { } missing) json.WriteNumber("essential_missing", missing);
        if (figures.Efficiency is { } score) json.WriteNumber("efficiency", score);
    }

    private static void WritePoints(Utf8JsonWriter json, string name, IReadOnlyList<(int At, double Value)> points)
    {
        json.WriteStartObject(name);
        foreach (var (at, value) in points) json.WriteNumber(at.ToString(CultureInfo.InvariantCulture), value);
        json.WriteEndObject();
    }
}
