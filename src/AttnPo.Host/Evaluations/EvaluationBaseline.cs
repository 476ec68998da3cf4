using AttnPo.Core.Evaluation;
using AttnPo.Core.Verification;
using AttnPo.Host.Rows;

namespace AttnPo.Host.Evaluations;

/// <summary>An evaluation that was written before, to compare with. Its failed responses stay out, as they did then.</summary>
internal sealed class EvaluationBaseline
{
    private readonly string _path;
    private readonly Dictionary<string, BaselineFigures> _sets;

    private EvaluationBaseline(string path, Dictionary<string, BaselineFigures> sets) => (_path, _sets) = (path, sets);

    /// <summary>Reads its rows.</summary>
    /// <exception cref="WorkFailedException">They are none, or there is nothing to compare with.</exception>
    public static EvaluationBaseline Read(string path)
    {
        // Questions are counted by line: rows of elsewhere may bear no index, or the same one twice.
        var sets = new RowReader(path, skipBad: null)
            .Read(row => (Set: EvaluationRows.SetOf(row), Rows: EvaluationRows.Read(row)))
            .Select((row, line) => (row.Set, Rows: row.Rows.Select(response => response with { Index = line })))
            .GroupBy(row => row.Set, row => row.Rows)
            .Select(set => (Name: set.Key, Rows: set.SelectMany(rows => rows).Where(response => !response.Verdict.IsFailure()).ToList()))
            .Where(set => set.Rows.Count > 0)
            .ToDictionary(set => set.Name, set => Figures(EvaluationSummary.Of(set.Rows)));
        if (sets.Count == 0) throw new WorkFailedException($"{path}: no response to compare with");
        if (sets.Values.All(figures => figures.Accuracy == 0))
            throw new WorkFailedException($"{path}: no correct response, so there is no relative change of accuracy");
        if (sets.Values.Any(figures => figures.Tokens == 0))
            throw new WorkFailedException($"{path}: its responses have no tokens, so there is no relative change of length");
        return new(path, sets);
    }

    /// <summary>What each data set is compared with: the one of the same name, or, where both sides have one alone, that one.</summary>
    /// <exception cref="WorkFailedException">A data set has no counterpart.</exception>
    public IReadOnlyList<BaselineFigures> For(IReadOnlyList<string> names) =>
        names.Count == 1 && _sets.Count == 1 ? [.. _sets.Values]
        : [.. names.Select(name => _sets.TryGetValue(name, out var figures) ? figures : throw new WorkFailedException(
            $"{_path}: has no row of data set {name}, only of "
            + string.Join(", ", _sets.Keys.Select(key => key.Length == 0 ? "one without a name" : key)) + "; evaluate the baseline on the same data"))];

    private static BaselineFigures Figures(EvaluationSummary summary) => new(summary.Accuracy, summary.TokensMean);
}
