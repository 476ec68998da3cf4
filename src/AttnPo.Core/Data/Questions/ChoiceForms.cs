using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using System.Text.RegularExpressions;
using AttnPo.Core.Data.Rows;

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
            var choices = ChoiceText.Choices(row, "choices");
            var gold = ChoiceText.Gold(Answer(row, "answer", choices.Length));
            return new(ChoiceText.Of(row.FilledText("question"), choices), gold) { Id = RowId.Of(row) };
        });

    /// <summary>GPQA as evaluation suites have it: lettered choices stand in the question, the answer is a letter.</summary>
    public static readonly RowForm Lettered = new(
        "lettered choices", "question (with its lettered choices), solution and answer (a letter)",
        row => row.KindOf("question") == JsonValueKind.String && row.Has("solution") && row.KindOf("answer") == JsonValueKind.String
            && ChoiceText.Place(row.Text("answer"), 26) >= 0 && HoldsChoices(row.Text("question")),
        row => new($"{row.FilledText("question")}\n\n{ChoiceText.Request}", ChoiceText.Gold(Answer(row, "answer", 26))) { Id = RowId.Of(row) });

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
            return new(
                ChoiceText.Of(question, [.. ordered.Select(choice => choice.Text)]),
                ChoiceText.Gold(Array.FindIndex(ordered, choice => choice.Member == GpqaChoices[0]))) { Id = RowId.Of(row) };
        });

    /// <summary>The place of the right one of so many choices.</summary>
    public static int Answer(Row row, string member, int choices)
    {
        var place = row.KindOf(member) == JsonValueKind.Number ? row.Integer(member) : ChoiceText.Place(row.Text(member).Trim(), choices);
        return place >= 0 && place < choices
            ? place : throw new RowException($"\"{member}\" names none of the {choices} choices: expected 0 to {choices - 1} or a letter from A");
    }

    private static string Hash(string text) => Convert.ToHexString(SHA256.HashData(Encoding.UTF8.GetBytes(text)));

    private static bool HoldsChoices(string question) => ChoiceA().IsMatch(question) && ChoiceB().IsMatch(question);

    [GeneratedRegex(@"(^|\s)\(?A[).:]")]
    private static partial Regex ChoiceA();

    [GeneratedRegex(@"(^|\s)\(?B[).:]")]
    private static partial Regex ChoiceB();
}
