using AttnPo.Core.Verification;
using Xunit;

namespace AttnPo.Core.Tests.Verification;

public class ChoicePromptTests
{
    [Fact]
    public void A_question_stands_with_lettered_choices_and_asks_for_the_letter_in_a_box() =>
        Assert.Equal(
            "Which is green?\n\nA. A frog\nB. Snow\nC. Coal\n\nPlease reason step by step, and put the letter of your final answer within \\boxed{}.",
            ChoicePrompt.Of(" Which is green? ", ["A frog", "Snow\n", "Coal"]));

    [Fact]
    public void Choices_that_stand_in_the_question_are_left_where_they_are() =>
        Assert.Equal(
            "Which? A) one B) two\n\nPlease reason step by step, and put the letter of your final answer within \\boxed{}.",
            ChoicePrompt.Of("Which? A) one B) two\n"));

    [Fact]
    public void An_index_or_a_letter_names_a_choice()
    {
        Assert.Equal(["A", "D"], [ChoicePrompt.Letter(0, 4), ChoicePrompt.Letter(3, 4)]);
        Assert.Equal(["A", "D", "B"], [ChoicePrompt.Letter("A", 4), ChoicePrompt.Letter(" (d)", 4), ChoicePrompt.Letter("B.", 4)]);
        Assert.Equal("Z", ChoicePrompt.Letter(25, 26));
    }

    [Fact]
    public void What_is_no_choice_is_an_error_that_says_what_was_expected()
    {
        Assert.Equal("4 is no index of 4 choices; expected 0 to 3", Fault(() => ChoicePrompt.Letter(4, 4)));
        Assert.Equal("-1 is no index of 4 choices; expected 0 to 3", Fault(() => ChoicePrompt.Letter(-1, 4)));
        Assert.Equal("\"E\" is no letter of 4 choices; expected A to D", Fault(() => ChoicePrompt.Letter("E", 4)));
        Assert.Equal("\"\" is no letter of 4 choices; expected A to D", Fault(() => ChoicePrompt.Letter("", 4)));
        Assert.Equal("1 choices; expected 2 to 26", Fault(() => ChoicePrompt.Of("Which?", ["a"])));
        Assert.Equal("27 choices; expected 2 to 26", Fault(() => ChoicePrompt.Letter(0, 27)));
        Assert.Equal("choice B is empty", Fault(() => ChoicePrompt.Of("Which?", ["a", " "])));
        Assert.Equal("the question is empty", Fault(() => ChoicePrompt.Of(" ", ["a", "b"])));
        Assert.Equal("the question is empty", Fault(() => ChoicePrompt.Of("\n")));
    }

    [SkippableFact]
    public void Real_questions_become_prompts()
    {
        var rows = 0;
        foreach (var row in SharedData.Rows("benchmarks/ood/mmlu_stem.jsonl"))
        {
            string[] choices = [.. row.GetProperty("choices").EnumerateArray().Select(choice => choice.GetString()!)];
            var prompt = ChoicePrompt.Of(row.GetProperty("question").GetString()!, choices);
            var letter = ChoicePrompt.Letter(row.GetProperty("answer").GetInt64(), choices.Length);
            Assert.Contains($"\n{letter}. {choices[row.GetProperty("answer").GetInt32()].Trim()}\n", prompt);
            rows++;
        }
        Assert.Equal(3018, rows);
    }

    private static string Fault(Func<string> made) => Assert.Throws<FormatException>(made).Message;
}
