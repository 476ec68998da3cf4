using System.Text;
using AttnPo.Core.Data.Rows;
using AttnPo.Core.Verification;

namespace AttnPo.Core.Data.Questions;

/// <summary>Multiple-choice questions as a user asks them.</summary>
internal static class ChoiceText
{
    /// <summary>Asks for the letter alone, in the box where answers are looked for.</summary>
    public const string Request = "Answer with the letter of the right choice in \\boxed{}.";

    /// <summary>A question, its choices with their letters, and what is to be answered.</summary>
    public static string Of(string question, IReadOnlyList<string> choices)
    {
        var text = new StringBuilder(question).Append("\n\n");
        for (var i = 0; i < choices.Count; i++) text.Append(Letter(i)).Append(". ").Append(choices[i]).Append('\n');
        return text.Append('\n').Append(Request).ToString();
    }

    /// <summary>The right answer from its place among the choices.</summary>
    public static Gold Gold(int choice) => new(Letter(choice).ToString(), AnswerKind.Choice);

    /// <summary>The place of a letter; -1 where a text is none of the first so many.</summary>
    public static int Place(string text, int choices) => text is [>= 'A' and var letter] && letter < 'A' + choices ? letter - 'A' : -1;

    /// <summary>The choices of a row: 2 to 26 texts.</summary>
    public static string[] Choices(Row row, string member) => row.Texts(member) is { Length: >= 2 and <= 26 } choices
        ? choices : throw new RowException($"\"{member}\" holds {row.Texts(member).Length} choices; expected 2 to 26");

    private static char Letter(int choice) => (char)('A' + choice);
}
