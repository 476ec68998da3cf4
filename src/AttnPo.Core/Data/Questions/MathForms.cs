using System.Text.Json;
using AttnPo.Core.Data.Rows;
using AttnPo.Core.Verification;

namespace AttnPo.Core.Data.Questions;

/// <summary>Rows of questions whose answer is an expression.</summary>
internal static class MathForms
{
    private const string FinalMark = "####";

    /// <summary>The worked solution of GSM8K, whose last line is the answer.</summary>
    public static readonly RowForm Gsm8K = new(
        "gsm8k", "question, and answer with ####",
        row => row.Has("question") && row.KindOf("answer") == JsonValueKind.String
            && row.Text("answer").Contains(FinalMark, StringComparison.Ordinal),
        row =>
        {
            var answer = row.Text("answer");
            var mark = answer.LastIndexOf(FinalMark, StringComparison.Ordinal);
            if (mark < 0) throw new RowException($"\"answer\" holds no {FinalMark}, after which the final answer stands");
            return new(row.FilledText("question"), Filled("answer", answer[(mark + FinalMark.Length)..]));
        });

    /// <summary>A problem and its answer: MATH, AIME, AMC, DeepScaleR.</summary>
    public static readonly RowForm Answer = new(
        "problem and answer", "problem or question, and answer",
        row => (row.Has("problem") || row.Has("question")) && row.Has("answer"),
        row => row.KindOf("answer") == JsonValueKind.String && row.Text("answer").Contains("\n#### ", StringComparison.Ordinal)
            ? throw new RowException("\"answer\" ends in ####, as GSM8K's do; the file's first row has no such answer")
            : new(Problem(row), Of(row, "answer")) { Id = RowId.Of(row) });

    /// <summary>A problem and its answer as NeMo-Skills has them.</summary>
    public static readonly RowForm Expected = new(
        "nemo-skills", "problem or question, and expected_answer",
        row => (row.Has("problem") || row.Has("question")) && row.Has("expected_answer"),
        row => new(Problem(row), Of(row, "expected_answer"))
        {
            Id = RowId.Of(row), Source = row.KindOf("source") == JsonValueKind.String ? row.Text("source") : null,
        });

    /// <summary>A problem and a worked solution that boxes its answer: Minerva, the published MATH.</summary>
    public static readonly RowForm Solution = new(
        "problem and solution", "problem, and solution with \\boxed{}",
        row => row.Has("problem") && row.Has("solution"),
        row => new(Problem(row), Filled("solution", BoxedAnswer.Last(row.Text("solution"))
            ?? throw new RowException("\"solution\" boxes no answer: it holds no \\boxed{} whose braces balance"))) { Id = RowId.Of(row) });

    /// <summary>OlympiadBench: a list that holds one answer, or the parts of it.</summary>
    public static readonly RowForm Olympiad = new(
        "olympiadbench", "question and final_answer (a list)",
        row => row.Has("question") && row.Has("final_answer"),
        row => new(row.FilledText("question"), Filled("final_answer", string.Join(", ", row.Texts("final_answer"))))
        {
            Id = RowId.Of(row),
        });

    private static string Problem(Row row) => row.FilledText(row.Has("problem") ? "problem" : "question");

    // Of several acceptable answers the first: a gold is one expression.
    public static string Of(Row row, string member) => row.KindOf(member) == JsonValueKind.Array
        ? Filled(member, row.Texts(member).FirstOrDefault() ?? "")
        : Filled(member, row.TextOrNumber(member));

    private static string Filled(string member, string text) =>
        text.Trim() is { Length: > 0 } answer ? answer : throw new RowException($"\"{member}\" holds no answer");
}
