using AttnPo.Core.Data.Rows;

namespace AttnPo.Host.Rows;

/// <summary>
/// Reads JSON Lines. A row that cannot be read, or whose content the command refuses with a <see cref="RowException"/>, stops
/// the command with file and line number; with <paramref name="skipBad"/> such rows are counted and left out.
/// </summary>
/// <param name="path">The file; - is standard input.</param>
/// <param name="skipBad">Whether --skip-bad was given; null for a command that has no such option.</param>
internal sealed class RowReader(string path, bool? skipBad)
{
    private readonly BadRows _bad = new(skipBad);

    /// <summary>Rows left out so far.</summary>
    public long Skipped => _bad.Skipped;

    /// <summary>The first reason for which a row was left out, with its line.</summary>
    public string? FirstSkipped => _bad.First;

    /// <summary>Reads all rows in order; <paramref name="read"/> makes a row of an object. Empty lines are no rows.</summary>
    public IEnumerable<T> Read<T>(Func<Row, T> read)
    {
        foreach (var source in new JsonLines(path == "-" ? "standard input" : path, Open).Read())
        {
            T row;
            try
            {
                row = source.Fault is null ? read(source.Content) : throw new RowException(source.Fault);
            }
            catch (RowException e)
            {
                _bad.Add(source.Place, e.Message);
                continue;
            }

            yield return row;
        }
    }

    private Stream Open()
    {
        if (path == "-") return Console.OpenStandardInput();
        try
        {
            return new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite, 1);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new WorkFailedException($"{path}: cannot be read: {e.Message}");
        }
    }
}
