using System.Text;
using AttnPo.Core.Data.Questions;
using AttnPo.Core.Data.Rows;

namespace AttnPo.Core.Tests.Data.Questions;

/// <summary>Rows as tests write them.</summary>
internal static class QuestionRows
{
    public static List<QuestionRow> Of(string path, FieldMap? fields = null) => [.. new QuestionFile(DataFile.Open(path), fields).Read(row => row, Stop)];

    public static List<QuestionRow> Parse(FieldMap? fields, params string[] rows) => [.. Read(fields, Stop, rows)];

    public static QuestionRow One(string row, FieldMap? fields = null) => Parse(fields, row).Single();

    /// <summary>The first reason for which one of the rows is refused.</summary>
    public static string Fault(FieldMap? fields, params string[] rows)
    {
        var faults = new List<string>();
        _ = Read(fields, (place, fault) => faults.Add($"{place}: {fault}"), rows).ToList();
        return faults[0];
    }

    public static string Question(this QuestionRow row) => row.Messages[^1].Content;

    private static IEnumerable<QuestionRow> Read(FieldMap? fields, Action<string, string> onBad, string[] rows) =>
        new QuestionFile(new JsonLines("in.jsonl", () => new MemoryStream(Encoding.UTF8.GetBytes(string.Join('\n', rows)))), fields).Read(row => row, onBad);

    private static void Stop(string place, string fault) => throw new InvalidOperationException($"{place}: {fault}");
}
