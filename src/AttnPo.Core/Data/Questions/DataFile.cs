using AttnPo.Core.Data.Columns;
using AttnPo.Core.Data.Rows;

namespace AttnPo.Core.Data.Questions;

/// <summary>A file of questions, of whichever format.</summary>
public static class DataFile
{
    /// <summary>Its rows: Parquet where it begins as such a file does or is named so, else JSON Lines.</summary>
    /// <exception cref="FileNotFoundException">There is none.</exception>
    /// <exception cref="InvalidDataException">It is no plain file with content, or cannot be read; the message names it.</exception>
    public static IRowSource Open(string path) =>
        ParquetRows.IsParquet(path) || path.EndsWith(".parquet", StringComparison.OrdinalIgnoreCase)
            ? new ParquetRows(path) : new JsonLines(path);
}
