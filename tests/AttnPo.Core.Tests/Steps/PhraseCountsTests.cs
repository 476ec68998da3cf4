using AttnPo.Core.Steps;
using CsCheck;
using Xunit;

namespace AttnPo.Core.Tests.Steps;

public sealed class PhraseCountsTests
{
    [Theory]
    [InlineData("", 0, 0, 0)]
    [InlineData("x", 0, 0, 0)]
    [InlineData("Wait, a. Wait, b", 2, 0, 0)]
    // Forward and backward ones stand at the beginning of a line alone, and the text's own beginning follows no line end.
    [InlineData("So a. So b\nSo c", 0, 0, 1)]
    [InlineData("Now a. Now b\nNow c\nThen d", 0, 2, 0)]
    // The longest phrase is one, not one and what it holds.
    [InlineData("x\nHmm, so y", 0, 0, 1)]
    [InlineData("Wait, a\nSo b</think>\nSo c. Wait, d", 1, 0, 1)]
    public void Phrases_are_counted_where_they_stand(string text, int confused, int forward, int backward) =>
        Assert.Equal(new PhraseCounts(confused, forward, backward), PhraseCounts.Of(text, PhraseTable.Official));

    [Fact]
    public void Short_steps_that_are_joined_count_all_the_same()
    {
        const string text = "Wait, a\nSo b\nWait, c";
        Assert.Single(StepSegmenter.Segment(text, PhraseTable.Official, new SegmentationSettings(80, 15)));
        Assert.Equal(new PhraseCounts(2, 0, 1), PhraseCounts.Of(text, PhraseTable.Official));
    }

    [Fact]
    public void Every_phrase_that_opens_a_step_is_counted_and_no_other()
    {
        // Without joining, steps and phrases are the same; what begins without a phrase is none.
        var part = Gen.Int[0, 11].Select(i =>
            ((string[])["Wait, ", "So ", "Now ", "Hmm, so ", "\n", "\n", "x", "First, ", "</think>", "Therefore ", "</thi", "Let me double-check"])[i]);
        part.Array[0, 20].Select(string.Concat).Sample(text =>
        {
            var opened = StepSegmenter.Segment(text, PhraseTable.Official, new SegmentationSettings(0, 0)).Where(step => step.Phrase is not null).ToArray();
            int Of(StepClass kind) => opened.Count(step => step.Class == kind);
            Assert.Equal(
                new PhraseCounts(Of(StepClass.Confused), Of(StepClass.Forward), Of(StepClass.Backward)), PhraseCounts.Of(text, PhraseTable.Official));
        });
    }
}
