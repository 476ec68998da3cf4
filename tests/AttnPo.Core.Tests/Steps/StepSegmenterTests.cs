using AttnPo.Core.Steps;
using CsCheck;
using Xunit;

namespace AttnPo.Core.Tests.Steps;

public class StepSegmenterTests
{
    private static readonly SegmentationSettings KeepAll = new(0, 0);

    [Fact]
    public void Turns_cut_in_mid_line_and_others_only_after_a_newline() =>
        Assert.Equal(["a So b. ", "Wait, c. Now d.\n", "So e."], Cut("a So b. Wait, c. Now d.\nSo e.", KeepAll));

    [Fact]
    public void The_longest_phrase_wins()
    {
        var step = StepSegmenter.Segment("x\nHmm, so y", PhraseTable.Official, KeepAll)[1];
        Assert.Equal(("Hmm, so", StepClass.Backward), (step.Phrase, step.Class));
    }

    [Fact]
    public void A_beginning_without_a_phrase_leads_on()
    {
        var step = Assert.Single(StepSegmenter.Segment("So x", PhraseTable.Official, KeepAll));
        Assert.Equal(new Step(0, 4, StepClass.Forward, null), step);
    }

    [Fact]
    public void What_follows_the_reasoning_is_no_step() =>
        Assert.Equal(["one. ", "Wait two."], Cut("one. Wait two.</think>Wait three.</think>", KeepAll));

    [Theory]
    [InlineData("")]
    [InlineData("</think>answer")]
    public void No_reasoning_has_no_steps(string response) => Assert.Empty(Cut(response, KeepAll));

    [Fact]
    public void Lengths_count_code_points()
    {
        // Nine code points in either case; the second text has eighteen UTF-16 units.
        Assert.Equal(2, Cut("Wait, ab.Wait, cd.", new(9, 0)).Count);
        Assert.Equal(2, Cut("Wait𝟙𝟙𝟙𝟙𝟙Wait𝟙𝟙𝟙𝟙𝟙", new(9, 0)).Count);
        Assert.Single(Cut("Wait𝟙𝟙𝟙𝟙𝟙Wait𝟙𝟙𝟙𝟙𝟙", new(10, 0)));
    }

    [Fact]
    public void The_tables_differ_in_the_slip_alone()
    {
        const string text = "a. Let me double-check b.";
        Assert.Single(StepSegmenter.Segment(text, PhraseTable.Official, KeepAll));
        Assert.Equal("Let me double-check", StepSegmenter.Segment(text, PhraseTable.Corrected, KeepAll)[1].Phrase);
    }

    [Fact]
    public void An_unknown_table_is_refused_with_the_known_names() =>
        Assert.Contains("corrected, official", Assert.Throws<ArgumentException>(() => PhraseTable.Named("offical")).Message);

    [Fact]
    public void Steps_cover_the_reasoning_without_gaps()
    {
        string[] pieces = ["Wait", "\nSo", "\nNow,", "**Final Answer", " x = 2.", "\n", "long enough to stand alone", "𝟙", "</think>"];
        Gen.Select(Gen.Int[0, pieces.Length - 1].Array[0, 30], Gen.Int[0, 40], Gen.Int[0, 20]).Sample((parts, least, summary) =>
        {
            var text = string.Concat(parts.Select(part => pieces[part]));
            var steps = StepSegmenter.Segment(text, PhraseTable.Official, new SegmentationSettings(least, summary));
            var end = text.IndexOf("</think>", StringComparison.Ordinal);
            if (end < 0) end = text.Length;
            var starts = steps.Select(step => step.Start).Append(end);
            return steps.All(step => step.Start < step.End) && starts.SequenceEqual(steps.Select(step => step.End).Prepend(0));
        });
    }

    private static List<string> Cut(string text, SegmentationSettings settings) =>
        [.. StepSegmenter.Segment(text, PhraseTable.Official, settings).Select(step => text[step.Start..step.End])];
}
