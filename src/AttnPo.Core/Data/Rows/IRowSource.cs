namespace AttnPo.Core.Data.Rows;

/// <summary>A file of rows that is read from the first to the last without being held.</summary>
public interface IRowSource
{
    /// <summary>The rows in order, one at a time.</summary>
    /// <exception cref="InvalidDataException">The file cannot be read any further; the message names it.</exception>
    IEnumerable<SourceRow> Read();
}

/// <summary>One row of a file, or what stands in its place.</summary>
/// <param name="Place">Where it stands, as errors say it: file and line, or file and row.</param>
/// <param name="Number">Its line from 1 in JSON Lines, its row from 0 in Parquet.</param>
/// <param name="Content">Its members; there until the next row is read.</param>
/// <param name="Fault">Why it is no row; null where it is one.</param>
public readonly record struct SourceRow(string Place, long Number, Row Content, string? Fault);
