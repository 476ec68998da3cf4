using System.Text.Json;
using AttnPo.Core.Data.Rows;

namespace AttnPo.Core.Data.Questions;

/// <summary>What a data set calls a question.</summary>
internal static class RowId
{
    private static readonly string[] Members = ["unique_id", "id", "question_id", "Record ID", "index", "idx"];

    /// <summary>The first of the usual members that is a text or a number; null where there is none.</summary>
    public static string? Of(Row row)
    {
        foreach (var member in Members)
        {
            if (row.KindOf(member) == JsonValueKind.Number || (row.KindOf(member) == JsonValueKind.String && row.Text(member).Length > 0))
                return row.TextOrNumber(member);
        }
        return null;
    }
}
