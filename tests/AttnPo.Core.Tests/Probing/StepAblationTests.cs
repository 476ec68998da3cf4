using AttnPo.Core.Data;
using AttnPo.Core.Probing;
using AttnPo.Core.Text;
using Xunit;

namespace AttnPo.Core.Tests.Probing;

public sealed class StepAblationTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("attnpo-").FullName;
    private readonly Tokenizer _tokenizer;

    public StepAblationTests()
    {
        TinyTask.WriteTokenizer(_folder);
        _tokenizer = Tokenizer.Load(_folder);
    }

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Theory]
    [InlineData(new[] { 1, 9, 5, 6, 0 }, 1, 2, 4)]
    [InlineData(new[] { 1, 9, 5, 6, 0, 0 }, 1, 2, 4)]
    [InlineData(new[] { 1, 9, 5, 6 }, 1, 2, 4)]
    [InlineData(new[] { 1, 9, 0, 6 }, 1, 2, 4)]
    [InlineData(new[] { 1, 9, 0 }, 1, 2, 2)]
    [InlineData(new[] { 1, 9 }, 1, 2, 2)]
    public void The_answer_is_all_after_the_reasoning_but_for_the_stop_token(int[] response, int thinkEnd, int start, int end) =>
        Assert.Equal(new(start, end), StepAblation.Answer(response, thinkEnd, [0]));

    [Theory]
    [InlineData("so a=1.\n</think>\na=1; \\boxed{1}<|end|>", "1")]
    [InlineData("\\boxed{3}\n</think>\n\\boxed{1} so \\boxed{2}<|end|>", "2")]
    [InlineData("\\boxed{3}\n</think>\na=1<|end|>", "")]
    [InlineData("so a=1.\n</think>\n\\boxed{<|end|>", "")]
    [InlineData("so a=1.\n</think>\n\\boxed{}<|end|>", "")]
    public void The_box_is_the_last_one_after_the_reasoning(string text, string expected)
    {
        var tokens = _tokenizer.Encode(text);
        var box = StepAblation.Box(_tokenizer.Decode(tokens), Array.IndexOf(tokens, _tokenizer.IdOf("</think>")!.Value));
        Assert.Equal(expected, _tokenizer.Decode(tokens[box.Start..box.End]).Text.Trim('{', '}'));
    }

    [Fact]
    public void Variants_are_the_whole_and_the_whole_without_each_step()
    {
        int[] response = [10, 11, 12, 13, 90, 50, 51, 99];
        var variants = StepAblation.Variants(response, new(5, 7), [new(0, 1), new(1, 4), new(2, 2)]);
        Assert.Equal(
            [[10, 11, 12, 13, 90, 50, 51], [11, 12, 13, 90, 50, 51], [10, 90, 50, 51], [10, 11, 12, 13, 90, 50, 51]],
            variants.Select(variant => variant.Tokens));
        Assert.All(variants, variant => Assert.Equal([50, 51], variant.Tokens[variant.MeasuredFrom..]));
    }

    [Fact]
    public void What_cannot_be_measured_is_refused()
    {
        Assert.Throws<ArgumentException>(() => StepAblation.Variants([1, 2], new(2, 2), []));
        Assert.Throws<ArgumentException>(() => StepAblation.Variants([1, 2], new(1, 3), []));
        Assert.Throws<ArgumentException>(() => StepAblation.Variants([1, 2], new(1, 2), [new(0, 2)]));
        Assert.Throws<ArgumentException>(() => StepAblation.Variants([1, 2], new(1, 2), [new(1, 0)]));
    }

    [Fact]
    public void A_drop_is_the_whole_minus_what_is_left() =>
        Assert.Equal([2.5, -0.5], StepAblation.Drops([[-0.5f, -1], [-2, -2], [-0.5f, -0.5f]]));

    [Fact]
    public void A_drop_above_the_threshold_is_essential() => Assert.Equal(
        [StepLabel.Essential, StepLabel.Redundant, StepLabel.Redundant, StepLabel.Essential, null],
        StepAblation.Labels([1.5, 1, -3, double.PositiveInfinity, double.NaN], 1));

    [Theory]
    [InlineData(new[] { 2.0, 2, 2, 9 }, "rrre")]
    [InlineData(new[] { 2.0, 2, 2.9, 9 }, "rrre")]
    [InlineData(new[] { -4.0, -4, -2, double.NaN }, "rre-")]
    [InlineData(new[] { 7.0 }, "r")]
    [InlineData(new[] { double.NaN }, "-")]
    [InlineData(new double[0], "")]
    public void Over_the_median_a_drop_counts_from_where_most_of_the_steps_are(double[] drops, string expected) => Assert.Equal(
        expected,
        string.Concat(StepAblation.Labels(drops, 1, overMedian: true)
            .Select(label => label switch { StepLabel.Essential => 'e', StepLabel.Redundant => 'r', _ => '-' })));
}
