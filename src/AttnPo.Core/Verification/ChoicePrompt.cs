using System.Text;

namespace AttnPo.Core.Verification;

/// <summary>Writes a multiple-choice question down, and names choices by letters: the first is A.</summary>
public static class ChoicePrompt
{
    /// <summary>Choices that letters can name.</summary>
    public const int MostChoices = 26;

    private const string Request = @"Please reason step by step, and put the letter of your final answer within \boxed{}.";

    /// <summary>The question, its choices with a letter on a line each, and a last line that asks for the letter in a box.</summary>
    /// <param name="question">As a user asks it.</param>
    /// <param name="choices">From 2 to <see cref="MostChoices"/>, none empty.</param>
    /// <exception cref="FormatException">The question is empty, or the choices are too few, too many or empty.</exception>
    public static string Of(string question, IReadOnlyList<string> choices)
    {
        CheckCount(choices.Count);
        var text = new StringBuilder();
        foreach (var (index, choice) in choices.Index())
        {
            if (string.IsNullOrWhiteSpace(choice)) throw new FormatException($"choice {LetterAt(index)} is empty");
            text.Append(LetterAt(index)).Append(". ").Append(choice.Trim()).Append('\n');
        }
        return Of($"{Asked(question)}\n\n{text.ToString().TrimEnd('\n')}");
    }

    /// <summary>A question that its choices with their letters stand in, and a last line that asks for the letter in a box.</summary>
    /// <exception cref="FormatException">The question is empty.</exception>
    public static string Of(string question) => $"{Asked(question)}\n\n{Request}";

    /// <summary>The letter of a choice, from "A".</summary>
    /// <param name="index">From 0.</param>
    /// <param name="count">How many choices there are.</param>
    /// <exception cref="FormatException">There is no such choice.</exception>
    public static string Letter(long index, int count)
    {
        CheckCount(count);
        return index >= 0 && index < count
            ? LetterAt((int)index).ToString()
            : throw new FormatException($"{index} is no index of {count} choices; expected 0 to {count - 1}");
    }

    /// <summary>The letter of a choice as it is written by others: in either case, with spaces or parentheses around it.</summary>
    /// <param name="letter">What names the choice.</param>
    /// <param name="count">How many choices there are.</param>
    /// <exception cref="FormatException">There is no such choice.</exception>
    public static string Letter(string letter, int count)
    {
        CheckCount(count);
        return letter.Trim(' ', '(', ')', '.').ToUpperInvariant() is [var only] && only >= 'A' && only < 'A' + count
            ? only.ToString()
            : throw new FormatException($"\"{letter}\" is no letter of {count} choices; expected A to {LetterAt(count - 1)}");
    }

    private static string Asked(string question) =>
        question.Trim() is { Length: > 0 } asked ? asked : throw new FormatException("the question is empty");

    private static void CheckCount(int count)
    {
        if (count is < 2 or > MostChoices) throw new FormatException($"{count} choices; expected 2 to {MostChoices}");
    }

    private static char LetterAt(int index) => (char)('A' + index);
}
