using System.Diagnostics;
using AttnPo.Core.Verification;
using Xunit;

namespace AttnPo.Core.Tests.Verification;

public class ChoiceVerifierTests
{
    private static readonly ChoiceVerifier Verifier = new();

    [Theory]
    [InlineData(@"\boxed{C}", "C")]
    [InlineData(@"\boxed{ c }", "C")]
    [InlineData(@"\boxed{\text{C}}", "C")]
    [InlineData(@"\boxed{\textbf{C}}", "C")]
    [InlineData(@"\boxed{\mathrm{(C)}}", "C")]
    [InlineData(@"\boxed{(C)}", "C")]
    [InlineData(@"\boxed{(c)}", "C")]
    [InlineData(@"\boxed{C.}", "C")]
    [InlineData(@"\boxed{C. 17 apples}", "C")]
    [InlineData(@"\boxed{C: A and B}", "C")]
    [InlineData(@"\boxed{\textbf{(C)}\ 17}", "C")]
    [InlineData(@"\boxed{(A) a frog}", "A")]
    [InlineData(@"\boxed{\text{Option C}}", "C")]
    [InlineData(@"\boxed{B} is what I thought first, but $\boxed{D}$. A and C are wrong", "D")]
    [InlineData(@"The answer is A, \boxed{\boxed{B}}", "B")]
    [InlineData(@"The answer is (B): \boxed{3.5}", "B")]
    public void A_letter_in_the_last_box_is_the_answer(string text, string letter) => Assert.Equal(letter, Find(text));

    [Theory]
    [InlineData(@"\boxed{A frog}")]
    [InlineData(@"\boxed{I think so}")]
    [InlineData(@"\boxed{C, D}")]
    [InlineData(@"\boxed{A and B}")]
    [InlineData(@"\boxed{(A), (B)}")]
    [InlineData(@"\boxed{CD}")]
    [InlineData(@"\boxed{}")]
    [InlineData(@"\boxed{42}")]
    [InlineData(@"\boxed{\Delta}")]
    public void A_box_of_anything_else_holds_no_letter(string text) => Assert.Null(Find(text));

    [Theory]
    [InlineData("The answer is (C)", "C")]
    [InlineData("The answer is (c).", "C")]
    [InlineData("Answer: C", "C")]
    [InlineData("answer: c", "C")]
    [InlineData("**Answer:** C", "C")]
    [InlineData("**Answer**: **C**", "C")]
    [InlineData("Answer: $C$", "C")]
    [InlineData(@"Answer: \(\text{C}\)", "C")]
    [InlineData("The final answer is:\n\n**C**", "C")]
    [InlineData("so the answer is\nC Cecile", "C")]
    [InlineData("The answer is A because frogs are green.", "A")]
    [InlineData("The answer is for sure D, it can't be A or B", "D")]
    [InlineData("thinking about it I think the correct answer is C", "C")]
    [InlineData("The answer is, I think, B", "B")]
    [InlineData("The answer is I", "I")]
    [InlineData("The answer is not A but B.", "B")]
    [InlineData("The correct answer choice is therefore option **(B)**, not (A).", "B")]
    [InlineData("The answer is A. No: the answer is D, since C is false.", "D")]
    [InlineData("The answer must be B. I am sure.", "B")]
    public void The_letter_that_follows_the_word_for_it_wins(string text, string letter) => Assert.Equal(letter, Find(text));

    [Theory]
    [InlineData("C", "C")]
    [InlineData("(C)", "C")]
    [InlineData("**C**", "C")]
    [InlineData("A", "A")]
    [InlineData("I", "I")]
    [InlineData("Water boils, so\n\n**C**", "C")]
    [InlineData("Water boils.\n\nC. It boils", "C")]
    [InlineData("Water boils.\n\nA) It boils", "A")]
    [InlineData("Water boils.\n\n**B: It boils**", "B")]
    [InlineData("Since it boils, it must be C.", "C")]
    [InlineData("Water boils, which is what is said by (B).", "B")]
    [InlineData("I choose option B, since A frog cannot boil.", "B")]
    [InlineData("Only one statement is true. Option (d) is the one that says so here.", "D")]
    public void Without_the_word_it_is_the_letter_at_the_end(string text, string letter) => Assert.Equal(letter, Find(text));

    [Theory]
    [InlineData("")]
    [InlineData("A frog is green.")]
    [InlineData("A frog is green, I think")]
    [InlineData("I am sure that it is a frog. So am I")]
    [InlineData("The answer is a matter of taste.")]
    [InlineData("The answer is what I think it is.")]
    [InlineData("The answer isn't known.")]
    [InlineData("I would choose a frog")]
    [InlineData("A")]
    public void An_article_and_a_pronoun_are_no_choices(string text) => Assert.Equal(text == "A" ? "A" : null, Find(text));

    [Fact]
    public void Only_the_letter_of_the_gold_answer_is_right()
    {
        Assert.Equal(GradeOutcome.Equal, Verifier.Judge("C", Gold("C")).Outcome);
        Assert.Equal(GradeOutcome.Different, Verifier.Judge("B", Gold("C")).Outcome);
        foreach (var wrong in (string[])["", "c", "CD", "2", " C"])
            Assert.Contains($"\"{wrong}\"", Assert.Throws<FormatException>(() => Verifier.Judge("C", Gold(wrong))).Message);
    }

    [SkippableFact]
    public void The_cases_of_others_are_judged_as_they_are()
    {
        var rows = 0;
        foreach (var row in SharedData.Rows("math-equivalence/dev.jsonl").Where(row => row.GetProperty("group").GetString() == "choice"))
        {
            // One of them holds its letter within a text.
            var gold = Find(row.GetProperty("gold").GetString()!)!;
            var answer = Find(row.GetProperty("pred").GetString()!);
            Assert.NotNull(answer);
            Assert.Equal(row.GetProperty("expected").GetBoolean(), Verifier.Judge(answer, Gold(gold)).Outcome == GradeOutcome.Equal);
            rows++;
        }
        Assert.Equal(3, rows);
    }

    [Fact]
    public void Long_texts_of_any_kind_are_read()
    {
        foreach (var piece in (string[])["answer is ", "(A", "**", "\\text{", "option ", "A ", "I\n", "a.", " ", "$", "n't "])
        {
            var text = string.Concat(Enumerable.Repeat(piece, 50_000));
            var clock = Stopwatch.StartNew();
            _ = Find(text);
            _ = Find($@"\boxed{{{text.Replace("{", "")}}}");
            // Quadratic time would take minutes.
            Assert.True(clock.Elapsed < TimeSpan.FromSeconds(30), piece);
        }
    }

    private static string? Find(string text) => Verifier.Find(text, Gold("A"));

    private static Gold Gold(string text) => new(text, AnswerKind.Choice);
}
