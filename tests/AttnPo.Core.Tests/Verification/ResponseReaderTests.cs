using AttnPo.Core.Steps;
using AttnPo.Core.Text;
using AttnPo.Core.Verification;
using CsCheck;
using Xunit;

namespace AttnPo.Core.Tests.Verification;

public class ResponseReaderTests
{
    private const string Reasoning = "First, b= 7 . Wait, b= 7 .";
    private static readonly Tokenizer Tokens = ByteTokenizer.With(thinkTokens: true, ".Wait,", ". Wait", ".</");

    [Theory]
    [InlineData(Reasoning + @"</think>\boxed{4}<stop>", Verdict.Correct, "4")]
    [InlineData(Reasoning + @"</think>\boxed{9} no, \boxed{ 4. }", Verdict.Correct, " 4. ")]
    [InlineData(Reasoning + @"</think>\boxed{4} no, \boxed{5}", Verdict.Wrong, "5")]
    [InlineData(Reasoning + @"</think>\boxed{}", Verdict.Wrong, "")]
    [InlineData(Reasoning + @"\boxed{4}</think>4<stop>", Verdict.NoAnswer, null)]
    [InlineData(Reasoning + @"</think>\boxed{4<stop>", Verdict.NoAnswer, null)]
    [InlineData(Reasoning + @"\boxed{4}<stop>", Verdict.Malformed, null)]
    [InlineData(Reasoning + @"</think>\boxed{4}</think>\boxed{4}", Verdict.Malformed, "4")]
    [InlineData("<think>" + Reasoning + @"</think>\boxed{4}", Verdict.Malformed, "4")]
    [InlineData("", Verdict.Malformed, null)]
    public void A_response_is_judged_by_the_last_box_after_its_reasoning(string response, Verdict verdict, string? answer)
    {
        var read = Read(response);
        Assert.Equal((verdict, answer), (read.Verdict, read.Answer));
        Assert.Equal(response, read.Text);
    }

    [Fact]
    [Trait("Contract", "C5")]
    public void C5_A_truncated_response_is_truncated_whatever_it_holds()
    {
        Assert.Equal(Verdict.Truncated, Read(Reasoning + @"</think>\boxed{4}", truncated: true).Verdict);
        Assert.Equal(Verdict.Truncated, Read(Reasoning, truncated: true).Verdict);
    }

    [Fact]
    public void Steps_run_over_the_sampled_tokens_up_to_the_closing_one()
    {
        var read = Read(Reasoning + @"</think>\boxed{4}<stop>");
        Assert.Equal(26, read.ThinkEnd);
        Assert.Equal([new TokenSpan(0, 14), new TokenSpan(14, 26)], read.StepSpans);
    }

    [Fact]
    public void Of_a_closing_tag_spelled_in_pieces_the_first_ends_the_steps_and_the_last_comes_before_the_answer()
    {
        var tokens = ByteTokenizer.With(thinkTokens: false, ".</");
        int[] ids = [.. tokens.Encode("First, b"), tokens.IdOf(".</")!.Value, .. tokens.Encode(@"think>\boxed{4}")];
        var read = Reader(tokens).Read(ids, false, "4");
        Assert.Equal((Verdict.Correct, 14), (read.Verdict, read.ThinkEnd));
        Assert.Equal(@"\boxed{4}", tokens.Decode(ids[(read.ThinkEnd + 1)..]).Text);
        Assert.Equal([new TokenSpan(0, 8)], read.StepSpans);
    }

    [Fact]
    public void Reasoning_that_is_never_closed_is_cut_to_its_end()
    {
        var read = Read(Reasoning, truncated: true);
        Assert.Equal(-1, read.ThinkEnd);
        Assert.Equal([new TokenSpan(0, 14), new TokenSpan(14, 26)], read.StepSpans);
    }

    [Fact]
    public void Steps_that_begin_in_one_token_are_one_step()
    {
        var tokens = ByteTokenizer.With(thinkTokens: true, "ButBut");
        int[] ids = [.. tokens.Encode("a. "), tokens.IdOf("ButBut")!.Value, .. tokens.Encode(@" b.</think>\boxed{4}")];
        var read = Reader(tokens).Read(ids, false, "4");
        Assert.Equal([(0, 3), (3, 12)], read.Steps.Select(step => (step.Start, step.End)));
        Assert.Equal([new TokenSpan(0, 3), new TokenSpan(3, 7)], read.StepSpans);
    }

    [Fact]
    public void Reasoning_inside_the_closing_token_has_no_step_of_its_own()
    {
        var tokens = ByteTokenizer.With(thinkTokens: false, "Wait</");
        var wait = tokens.IdOf("Wait</")!.Value;
        var tail = tokens.Encode(@"think>\boxed{4}");
        Assert.Empty(Reader(tokens).Read([wait, .. tail], false, "4").StepSpans);
        var read = Reader(tokens).Read([.. tokens.Encode("a."), wait, .. tail], false, "4");
        Assert.Equal([new TokenSpan(0, 2)], read.StepSpans);
        Assert.Equal(6, Assert.Single(read.Steps).End);
    }

    [Fact]
    public void Whatever_is_sampled_every_step_has_tokens_and_none_overlap() =>
        Gen.Select(Gen.Int[0, Tokens.VocabularySize + 2].Array[0, 60], Gen.Bool).Sample((ids, truncated) =>
        {
            var read = Reader(Tokens).Read(ids, truncated, "4");
            var end = read.ThinkEnd < 0 ? ids.Length : read.ThinkEnd;
            return read.Steps.Count == read.StepSpans.Count
                && read.StepSpans.All(span => 0 <= span.Start && span.Start < span.End && span.End <= end)
                && read.StepSpans.Zip(read.StepSpans.Skip(1)).All(pair => pair.First.End == pair.Second.Start);
        });

    private static ReadResponse Read(string response, bool truncated = false) =>
        Reader(Tokens).Read(Tokens.Encode(response), truncated, "4");

    private static ResponseReader Reader(Tokenizer tokens) =>
        new(tokens, PhraseTable.Official, new SegmentationSettings(0, 0), new MathVerifier(new ExactGrader()));
}
