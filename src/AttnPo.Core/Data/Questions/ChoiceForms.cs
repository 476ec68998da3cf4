using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using System.Text.RegularExpressions;
using AttnPo.Core.Data.Rows;
using AttnPo.Core.Verification;

namespace AttnPo.Core.Data.Questions;

/// <summary>Rows of multiple-choice questions.</summary>
internal static partial class ChoiceForms
{
    private static readonly string[] GpqaChoices = ["Correct Answer", "Incorrect Answer 1", "Incorrect Answer 2", "Incorrect Answer 3"];

    /// <summary>MMLU: choices as a list; the answer is a place in it, from 0, or a letter.</summary>
    public static readonly RowForm Choices = new(
        "mmlu", "question, choices (a list) and answer (an index from 0, or a letter)",
        row => row.Has("question") && row.KindOf("choices") == JsonValueKind.Array && row.Has("answer"),
        row =>
        {
            var (question, choices) = Question(row.FilledText("question"), row, "choices");
            return new(question, Gold(row, "answer", choices)) { Id = RowId.Of(row) };
        });

    /// <summary>GPQA as evaluation suites have it: lettered choices stand in the question, the answer is a letter.</summary>
    public static readonly RowForm Lettered = new(
        "lettered choices", "question (with its lettered choices), solution and answer (a letter)",
        row => row.KindOf("question") == JsonValueKind.String && row.Has("solution") && row.KindOf("answer") == JsonValueKind.String
            && row.Text("answer") is [>= 'A' and <= 'Z'] && HoldsChoices(row.Text("question")),
        row => new(row.Parsed("question", _ => ChoicePrompt.Of(row.FilledText("question"))), Gold(row, "answer")) { Id = RowId.Of(row) });

    /// <summary>
    /// GPQA as it is published, the right answer apart from the wrong ones. The order in which they are asked is drawn from the text, so
    /// that it is the same at each reading.
    /// </summary>
    public static readonly RowForm Gpqa = new(
        "gpqa", "Question, Correct Answer and Incorrect Answer 1 to 3",
        row => row.Has("Question") && GpqaChoices.All(row.Has),
        row =>
        {
            var question = row.FilledText("Question").Trim();
            var ordered = GpqaChoices.Select(member => (Member: member, Text: row.FilledText(member).Trim()))
                .OrderBy(choice => Hash($"{question}\n{choice.Text}\n{choice.Member}"), StringComparer.Ordinal)
                .ToArray();
            var right = ChoicePrompt.Letter(Array.FindIndex(ordered, choice => choice.Member == GpqaChoices[0]), ordered.Length);
            return new(
                row.Parsed("Question", _ => ChoicePrompt.Of(question, [.. ordered.Select(choice => choice.Text)])),
                new Gold(right, AnswerKind.Choice)) { Id = RowId.Of(row) };
        });

    /// <summary>A question with the choices of a member, and how many those are.</summary>
    public static (string Question, int Choices) Question(string question, Row row, string member)
    {
        var choices = row.Texts(member);
        return (row.Parsed(member, _ => ChoicePrompt.Of(question, choices)), choices.Length);
    }

    /// <summary>The right one of so many choices: a letter, or an index from 0.</summary>
    public static Gold Gold(Row row, string member, int choices = ChoicePrompt.MostChoices)
    {
        var letter = row.KindOf(member) == JsonValueKind.Number
            ? row.Parsed(member, _ => ChoicePrompt.Letter(row.Integer(member), choices))
            : row.Parsed(member, _ => ChoicePrompt.Letter(row.Text(member), choices));
        return new(letter, AnswerKind.Choice);
    }

    private static string Hash(string text) => Convert.ToHexString(SHA256.HashData(Encoding.UTF8.GetBytes(text)));

    private static bool HoldsChoices(string question) => ChoiceA().IsMatch(question) && ChoiceB().IsMatch(question);

    [GeneratedRegex(@"(^|\s)\(?A[).:]")]
    private static partial Regex ChoiceA();

    [GeneratedRegex(@"(^|\s)\(?B[).:]")]
    private static partial Regex ChoiceB();
}
