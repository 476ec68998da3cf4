using AttnPo.Core.Data;
using AttnPo.Core.Steps;
using CsCheck;
using Xunit;

namespace AttnPo.Core.Tests.Data;

public class TinyStepLabelsTests
{
    private const StepLabel E = StepLabel.Essential, R = StepLabel.Redundant;
    private static readonly TinyTask Task = new(new TinyTaskSettings());

    // b = 7, c = 9 lie on the path; d = 8 does not.
    private static readonly Prompt Question = new(0, "<|begin|>a=3; b:=a+4; c:=b*7; d:=a+5; ?c\n<think>\n", "9");

    private static IReadOnlyList<StepLabel> Label(params string[] lines)
    {
        var steps = new List<Step>();
        var text = "";
        foreach (var line in lines)
        {
            steps.Add(new Step(text.Length, text.Length + line.Length + 1, StepClass.Forward, null));
            text += line + "\n";
        }
        return Task.Label(Question, text + "</think>\nb=7; c=9 so \\boxed{9}<|end|>", steps);
    }

    private static int Missing(string reasoning) => Task.MissingEssentials(Question, reasoning);

    [Fact]
    public void The_first_computation_of_a_value_on_the_path_is_essential() =>
        Assert.Equal([E, R, E, R], Label(
            "First, b:=a+4, 3+4 so b=7.", "Wait, b:=a+4, 3+4 so b=7.", "Then, c:=b*7, 7*7 so c=9.", "Let me double-check: b:=a+4, 3+4 so b=7."));

    [Fact]
    public void A_wrong_computation_is_redundant_and_its_correction_is_essential() =>
        Assert.Equal([R, E], Label("First, b:=a+4, 3+4 so b=8.", "Wait, b:=a+4, 3+4 so b=7."));

    [Fact]
    public void A_right_value_from_a_wrong_computation_is_redundant() =>
        Assert.Equal([R, R, E], Label("First, b:=a+4, 2+4 so b=7.", "Wait, b:=a+4, 5+2 so b=7.", "Wait, b:=a+4, 3+4 so b=7."));

    [Fact]
    public void A_sentence_that_gives_two_values_establishes_neither() =>
        Assert.Equal([R, E], Label("First, b=7, 3+4 so b=6.", "Wait, b=7."));

    [Fact]
    public void A_value_off_the_path_is_redundant() => Assert.Equal([R, R], Label("Now, d:=a+5, 3+5 so d=8.", "Alternatively, d=8, 8-5 so a=3."));

    [Fact]
    public void Reading_a_definition_computes_nothing() => Assert.Equal([R], Label("But, b:=a+4."));

    [Fact]
    public void A_bare_statement_of_the_right_value_counts_once() => Assert.Equal([E, R, R], Label("First, b=7.", "Then, b=7.", "Wait, b=17."));

    [Fact]
    public void A_check_establishes_only_what_nothing_has_established_before() =>
        Assert.Equal([R, R, E, R], Label(
            "Wait, 3+4 is 7.", "Let me double-check: b is 8.", "Let me double-check: b is 7.", "First, b:=a+4, 3+4 so b=7."));

    [Fact]
    public void A_step_of_several_lines_is_essential_when_one_of_them_is() =>
        Assert.Equal([R, E], Label("But, b:=a+4.", "But, b:=a+4.\nThen, b:=a+4, 3+4 so b=7.\nmore"));

    [Fact]
    public void A_correction_in_the_same_line_counts() =>
        Assert.Equal(1, Missing("First, b:=a+4, 3+4 so b=8. Wait, b:=a+4, 3+4 so b=7."));

    [Fact]
    public void Missing_values_are_counted_in_the_reasoning_alone()
    {
        Assert.Equal(2, Missing("</think>\nb=7; c=9 so \\boxed{9}<|end|>"));
        Assert.Equal(1, Missing("First, b:=a+4, 3+4 so b=7.\n</think>\nc=9 so \\boxed{9}"));
        Assert.Equal(1, Missing("First, c:=b*7, 7*7 so c=9."));
        Assert.Equal(0, Missing("b=7\nc=9\n"));
    }

    [Fact]
    public void Any_text_can_be_labelled()
    {
        string[] words = ["b=7", "c=9", ".\n", " so ", "3+4", "z=1", "</think>", "Wait, ", "=", "b:=a+4", "7", "\uD800", "é"];
        var piece = Gen.Int[0, words.Length - 1].Select(at => words[at]);
        piece.Array[0, 30].Sample(pieces =>
        {
            var response = string.Concat(pieces);
            var steps = StepSegmenter.Segment(response, PhraseTable.Corrected, new SegmentationSettings(MinCharacters: 8));
            var labels = Task.Label(Question, response, steps);
            Assert.Equal(steps.Count, labels.Count);
            Assert.InRange(labels.Count(label => label == E), 0, 2);
            Assert.InRange(Task.MissingEssentials(Question, response), 0, 2);
        });
    }

    [Theory]
    [InlineData("")]
    [InlineData("<|begin|>a=3; c:=a+4; ?c\n<think>\n")]
    [InlineData("<|begin|>a=3; b:=b+4; ?b\n<think>\n")]
    [InlineData("<|begin|>a=3; b:=a+4; ?c\n<think>\n")]
    public void A_prompt_of_another_kind_is_refused(string text) =>
        Assert.Throws<FormatException>(() => Task.MissingEssentials(new Prompt(0, text, "1"), "b=1"));
}
