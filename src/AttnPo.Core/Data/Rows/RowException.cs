namespace AttnPo.Core.Data.Rows;

/// <summary>A row that cannot be used; whoever reads the file adds its name and where the row stands.</summary>
public sealed class RowException(string message) : Exception(message);
