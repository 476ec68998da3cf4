using AttnPo.Core.Steps;
using AttnPo.Core.Tests.Text;
using AttnPo.Core.Verification;
using Xunit;

namespace AttnPo.Core.Tests.Verification;

public class ReferenceTraceTests
{
    [SkippableFact]
    public void Steps_of_real_traces_begin_at_the_tokens_the_reference_names()
    {
        var rows = 0;
        foreach (var row in SharedData.Rows("traces/dev.jsonl"))
        {
            if (!row.TryGetProperty("expected_step_token_starts", out var starts)) continue;
            var tokens = SharedTokenizers.DeepSeek.Encode(row.GetProperty("response").GetString()!);
            Assert.Equal(row.GetProperty("num_tokens").GetInt32(), tokens.Length);
            var read = Reader().Read(tokens, false, row.GetProperty("gold").GetString()!);
            Assert.Equal(starts.EnumerateArray().Select(start => start.GetInt32()), read.StepSpans.Select(span => span.Start).Append(read.ThinkEnd));
            Assert.Equal(
                read.StepSpans, StepTokens.Locate(read.Steps, SharedTokenizers.DeepSeek.Decode(tokens), read.ThinkEnd));
            rows++;
        }
        Assert.Equal(46, rows);
    }

    [SkippableFact]
    public void Real_traces_get_the_verdicts_of_the_reference()
    {
        foreach (var row in SharedData.Rows("traces/dev.jsonl"))
        {
            var tokens = SharedTokenizers.DeepSeek.Encode(row.GetProperty("response").GetString()!);
            var read = Reader().Read(tokens, false, row.GetProperty("gold").GetString()!);
            Assert.Equal(row.GetProperty("expected_acc").GetDouble() == 1, read.Verdict == Verdict.Correct);
            if (read.Verdict is Verdict.Correct or Verdict.Wrong)
                Assert.Equal(row.GetProperty("expected_pred").GetString(), read.Answer);
        }
    }

    private static ResponseReader Reader() =>
        new(SharedTokenizers.DeepSeek, PhraseTable.Official, new SegmentationSettings(), new MathVerifier(new ExactGrader()));
}
