namespace AttnPo.Host.Rows;

/// <summary>A row that cannot be used; the reader adds file and line number.</summary>
internal sealed class RowException(string message) : Exception(message);
